// A passkey or a security key that gives no answer: say so, and that there are other ways.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const sentence = document.createElement("p");
  sentence.className = "flash error";
  sentence.textContent = "The key gave no answer. Try again, or choose another way.";
  document.querySelector("[data-key]").replaceChildren(sentence);
});
