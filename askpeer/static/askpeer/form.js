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

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
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

  // Going to another page of ours keeps what stands on this one: by the browser's own Back, a link, another language.
  // Leaving quickly does not: it takes the form out of the page first. Closing the tab keeps nothing that was not sent.
  const writing = document.querySelector("[data-keep]");
  if (writing && window.navigation) {
    let sending = false;
    writing.addEventListener("submit", () => { sending = true; });
    addEventListener("pageshow", () => { sending = false; });
    navigation.addEventListener("navigate", (event) => {
      if (sending || event.hashChange || !writing.isConnected) return;
      if (new URL(event.destination.url).origin !== location.origin) return;
      const body = new FormData(writing);
      body.append("back", "1");
      fetch(location.href, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
    });
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
