// Buttons with data-copy put their text on the clipboard and say whether it worked.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button === null) return;
  const word = button.querySelector("[data-word]");
  const before = word.textContent;
  word.textContent = (await copied(button)) ? button.dataset.done : button.dataset.failed;
  setTimeout(() => { word.textContent = before; }, 2000);
});

async function copied(button) {
  // Pages of plain http addresses other than this machine have no clipboard: select the text there.
  if (navigator.clipboard === undefined) return select(button);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    return true;
  } catch (refusal) {
    if (refusal.name !== "NotAllowedError") throw refusal;
    return select(button);
  }
}

function select(button) {
  getSelection().selectAllChildren(button.parentElement.querySelector("code"));
  return false;
}
