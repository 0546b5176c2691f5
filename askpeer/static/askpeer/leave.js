// "Leave quickly": the page is gone at once, its session is cleared, and Back does not find it.
(() => {
  const link = document.querySelector("[data-leave]");
  if (!link) return;

  const leave = () => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    document.title = "";
    document.body.replaceChildren();
    if (!link.dataset.to || !token) {
      location.replace(link.href);
      return;
    }
    const headers = { "X-CSRFToken": token.value };
    fetch(link.href, { method: "POST", keepalive: true, headers, redirect: "manual" }).catch(() => {});
    location.replace(link.dataset.to);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Any other key between the presses starts again, or capital letters would throw a writer out.
  let presses = [];
  const forget = () => { presses = []; };
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") return forget();
    if (event.repeat) return;
    presses = [...presses, event.timeStamp].filter((at) => event.timeStamp - at <= 5000);
    if (presses.length === 3) leave();
  });
  addEventListener("pointerdown", forget);

  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
