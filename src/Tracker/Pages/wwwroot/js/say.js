// Tells assistive technology what happened without moving the focus.
export function say(text) {
  const node = document.getElementById('said');
  if (node) node.textContent = text;
}
