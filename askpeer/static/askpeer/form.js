// Small comforts for forms. Every page works without them.
(() => {
  const all = (selector) => document.querySelectorAll(selector);

  // Where the browser knows `autofocus` for any element, it has taken the reader there by itself.
  const summary = document.querySelector("[data-focus]");
  if (summary && !("autofocus" in HTMLElement.prototype)) summary.focus();

  for (const button of all("[data-copy]")) {
    const words = document.querySelector(button.dataset.copy);
    if (!words || !navigator.clipboard) continue;
    const items = words.querySelectorAll("li");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = items.length ? [...items].map((item) => item.textContent.trim()).join(" ") : words.textContent.trim();
      let said = button.dataset.copied;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        said = button.dataset.failed;
      }
      button.parentElement.querySelector("[data-said]").textContent = said;
    });
  }

  for (const count of all("[data-count]")) {
    const box = document.getElementById(count.dataset.count);
    const limit = Number(count.dataset.limit);
    const spoken = count.nextElementSibling;
    let pause;
    const tell = () => {
      // A line break is sent as two characters, and the server counts what it is sent.
      const left = limit - [...box.value.replace(/\r?\n/g, "\r\n")].length;
      const said = (left < 0 ? count.dataset.over : count.dataset.left) + " " + Math.abs(left).toLocaleString(document.documentElement.lang);
      count.textContent = said;
      count.classList.toggle("over", left < 0);
      clearTimeout(pause);
      if (left < limit / 10) pause = setTimeout(() => { spoken.textContent = said; }, 1200);
    };
    box.addEventListener("input", tell);
    if (box.value) tell();
  }

  // The server makes one question of two presses anyway; this only spares a second wait.
  for (const form of all("form[method=post]")) {
    let sent = {};
    form.addEventListener("submit", (event) => {
      const again = sent.by === event.submitter && event.timeStamp - sent.at < 3000;
      if (again) event.preventDefault();
      else sent = { by: event.submitter, at: event.timeStamp };
    });
    addEventListener("pageshow", () => { sent = {}; });
  }
})();
