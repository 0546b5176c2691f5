// Puts a service's line where the cursor stands. Without it, the button saves the draft with the line at its end.
(() => {
  const box = document.querySelector("#draft textarea[name=text]");
  if (!box) return;
  let been = false;

  box.addEventListener("focus", () => { been = true; });
  if (location.hash === `#${box.id}`) {
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  for (const button of document.querySelectorAll("[data-line]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const at = been ? box.selectionEnd : box.value.length;
      const before = box.value.slice(0, at).trimEnd();
      const after = box.value.slice(at).trimStart();
      const gap = before ? "\n\n" : "";
      box.focus();
      box.setRangeText(`${gap}${button.dataset.line}\n\n`, before.length, box.value.length - after.length, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
})();
