// Without scripts no key can be asked: its button shows where they run, and what works instead where they do not.
if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-with-key]")) button.hidden = false;
  for (const said of document.querySelectorAll("[data-without-key]")) said.hidden = true;
}
// A passkey or a security key that gives no answer: say so, and that there are other ways.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const sentence = document.createElement("p");
  sentence.className = "flash error";
  sentence.textContent = "The key gave no answer. Try again, or choose another way.";
  document.querySelector("[data-key]").replaceChildren(sentence);
});
