// Saves a draft when typing pauses, every ten seconds and when its box is left, and shows what the checks say of it.
// Without it, the Save button does the same.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const boxes = [...form.querySelectorAll("textarea, input[type=text]")];
  let dirty = false;
  let going = null;
  let closed = false;
  let pause;

  // What is the same is not said twice: screen readers speak whenever a status is written.
  const tell = (name, words) => {
    if (part(name).textContent !== words) part(name).textContent = words;
  };

  const close = (sentence) => {
    closed = true;
    for (const box of boxes) box.readOnly = true;
    tell("saved", `${sentence} ${dirty ? "What you typed last is not saved: copy it." : "What you wrote is saved."}`);
  };

  const saved = (told) => {
    form.elements.base.value = told.version;
    tell("saved", `Saved ${told.saved}`);
    tell("version", `, version ${told.version}`);
    part("checks").innerHTML = told.checks;
    tell("summary", told.summary);
    part("insist").hidden = !told.blocked;
    // What a refused sending complained of may be mended by now; the checks say what still stands.
    document.querySelector("[data-focus]")?.remove();
    if (told.closed) close(told.closed);
  };

  const read = async (answer) => {
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error();
    const told = await answer.json();
    if (answer.ok) saved(told);
    else tell("saved", told.sentence);
  };

  const save = async () => {
    dirty = false;
    try {
      await read(await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: true }));
    } catch {
      dirty = true;
      tell("saved", "Not saved yet. We try again in a moment.");
    }
    going = null;
  };

  const turn = () => {
    if (dirty && !going && !closed) going = save();
  };

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(pause);
    pause = setTimeout(turn, 1500);
  });
  form.addEventListener("focusout", turn);
  setInterval(turn, 10000);
  // Somebody who types fast was here before this script.
  dirty = boxes.some((box) => box.value !== box.defaultValue);
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
