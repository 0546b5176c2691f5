// Single keys for triage. Off until somebody switches them on; every one has a button on the page that does the same.
(() => {
  const box = document.querySelector("[data-keys]");
  if (!box) return;
  const [button, help] = [box.querySelector("button"), box.querySelector("details")];
  const NOTES = "1234567890-";
  const LEVELS = { g: "green", a: "amber", r: "red" };
  const find = (selector) => document.querySelector(selector);
  const notes = [...document.querySelectorAll("#pass-on input[name=content_notes]")];
  let on = false;
  try { on = localStorage.getItem("triage-keys") === "on"; } catch { /* kept nowhere: off again on the next page */ }

  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = "Single keys: " + (on ? "on" : "off");
    for (const old of document.querySelectorAll(".choice kbd")) old.remove();
    notes.forEach((note, place) => {
      note.removeAttribute("aria-keyshortcuts");
      if (!on || place >= NOTES.length) return;
      note.setAttribute("aria-keyshortcuts", NOTES[place]);
      const key = document.createElement("kbd");
      key.textContent = NOTES[place];
      key.setAttribute("aria-hidden", "true");
      note.closest(".choice").append(key);
    });
  };
  button.addEventListener("click", () => {
    on = !on;
    try { localStorage.setItem("triage-keys", on ? "on" : "off"); } catch { /* it holds on this page */ }
    show();
  });

  const choose = (level) => {
    const fold = find("#change-level");
    const choice = fold.querySelector(`input[value=${level}]`);
    const order = Object.values(LEVELS);
    fold.open = true;
    choice.checked = true;
    // Lowering needs a reason, so the way leads there; raising needs none.
    (order.indexOf(level) < order.indexOf(fold.dataset.now) ? fold.querySelector("textarea") : choice).focus();
  };
  const toggle = (place) => {
    if (!notes[place]) return;
    notes[place].click();
    notes[place].focus();
  };
  // Only what can be taken back is sent by a key: passing on, quarantine, undoing.
  const press = (key) => {
    const there = find(`[data-key=${key}]`);
    if (there instanceof HTMLFormElement) there.requestSubmit(there.querySelector("button"));
    else if (there) there.click();
  };
  const explain = () => {
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  };
  const act = (key) => {
    if (key in LEVELS) choose(LEVELS[key]);
    else if (NOTES.includes(key)) toggle(NOTES.indexOf(key));
    else if (key === "s") find("#pass-on [name=summary]")?.focus();
    else if (key === "?") explain();
    else if ("pqun".includes(key)) press(key);
    else return false;
    return true;
  };

  const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && on && typing(event.target)) event.target.blur();
    if (!on || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 || typing(event.target)) return;
    if (act(event.key)) event.preventDefault();
  });

  box.hidden = false;
  show();
})();
