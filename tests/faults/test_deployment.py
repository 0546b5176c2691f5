import pytest
from tests.faults import stack
pytestmark=[pytest.mark.postgresql, pytest.mark.faults]
def test_x(figure):
    with stack.machine() as m:
        for name in ["packages","folders","keys","safe","database","database-log","log-check","program","units","migrate","start","nginx","look","first-manager","backups"]:
            print(name, m.read(name), round(m.seconds[name],1), flush=True)
        print(m.type("manage shell --no-imports -c 'from tests.faults import before; before.main(teams=0, old=0, seconds=0)'")[-300:])
        m.read("backups")
        print(m.read("drill"), m.seconds["drill"])
        print(m.read("restore"), m.seconds["restore"])
        m.env["VERSION"]="2"
        print(m.read("upgrade"), m.seconds)
