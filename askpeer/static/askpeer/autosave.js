// Saves a draft every ten seconds and when its box is left. Without it, the Save button does the same.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const said = form.querySelector("[data-saved]");
  let dirty = false;
  let going = null;

  const read = async (answer) => {
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error();
    const told = await answer.json();
    if (answer.ok) form.elements.base.value = told.version;
    said.textContent = answer.ok ? `Saved ${told.saved}, version ${told.version}` : told.sentence;
  };

  const save = async () => {
    dirty = false;
    try {
      await read(await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: true }));
    } catch {
      dirty = true;
      said.textContent = "Not saved yet. We try again in a moment.";
    }
    going = null;
  };

  const turn = () => {
    if (dirty && !going) going = save();
  };

  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("focusout", turn);
  setInterval(turn, 10000);
  // Somebody who types fast was here before this script.
  dirty = [...form.querySelectorAll("textarea, input[type=text]")].some((box) => box.value !== box.defaultValue);
  turn();

  // A press of Save waits for an autosave on its way: the two would look like two people.
  form.addEventListener("submit", async (event) => {
    dirty = false;
    if (!going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const pressed = event.submitter;
    await going;
    form.requestSubmit(pressed);
  }, true);
})();
