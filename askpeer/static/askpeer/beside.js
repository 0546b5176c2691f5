// Who is at a draft, its newest wording and the notes, asked for every five seconds. "Look again" does the same.
(() => {
  const place = document.querySelector("[data-beside]");
  if (!place) return;
  const part = (name) => place.querySelector(`[data-${name}]`);
  const token = place.querySelector("[name=csrfmiddlewaretoken]") || document.querySelector("[name=csrfmiddlewaretoken]");
  let going = false;
  let sending = false;
  let timer = 0;

  const say = (name, text) => {
    const line = part(name);
    if (line && line.textContent !== text) line.textContent = text;
  };

  const put = (told) => {
    say("who", told.said);
    if (told.draft) part("draft").innerHTML = told.draft;
    if (told.seen !== undefined) place.dataset.seen = told.seen;
    if (!told.notes) return;
    part("notes").innerHTML = told.notes;
    place.dataset.known = told.count;
    say("told", "There is a new note.");
  };

  // What this page knows already is not sent to it again.
  const post = async (address, body) => {
    body.set("csrfmiddlewaretoken", token.value);
    body.set("count", place.dataset.known);
    body.set("seen", place.dataset.seen || "");
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error();
    const told = await answer.json();
    if (answer.ok) put(told);
    return { ok: answer.ok, sentence: told.sentence };
  };

  const turn = async () => {
    if (going) return;
    going = true;
    try {
      const { ok, sentence } = await post(place.dataset.beside, new FormData());
      if (!ok) {
        clearInterval(timer);
        say("who", sentence);
        part("again").hidden = false;
      }
    } catch {
      say("who", "There is no connection. We try again in a moment.");
    }
    going = false;
  };

  // A note and a call for somebody go without leaving the page: the draft beside them stays as it is.
  const send = (form, done) => form && form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    try {
      const { ok, sentence } = await post(form.action, new FormData(form));
      say("told", ok ? "" : sentence);
      if (ok) done();
    } catch {
      say("told", "This was not sent. Try again in a moment.");
    }
    sending = false;
  });

  const note = part("note");
  const asks = part("asks");
  send(note, () => {
    note.reset();
    note.elements.note.dispatchEvent(new Event("input"));
    say("told", "Sent.");
  });
  send(asks, () => { asks.hidden = true; });
  part("again").hidden = true;
  timer = setInterval(turn, 5000);
})();
