// Says when a form holds words that are not saved yet. The page works the same without it.
(() => {
  for (const form of document.querySelectorAll("[data-unsaved]")) {
    const note = document.getElementById(form.dataset.unsaved);
    const words = () => new URLSearchParams(new FormData(form)).toString();
    const before = words();
    const tell = () => { note.hidden = words() === before; };
    form.addEventListener("input", tell);
    form.addEventListener("change", tell);
  }
})();
