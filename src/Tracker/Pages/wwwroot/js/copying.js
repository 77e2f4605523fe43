// Buttons that copy: data-copy names the id of the input or text whose content goes to the clipboard.
import { say } from './say.js';

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard interface: select it, so that one key of the browser does the rest.
    source.select?.();
    say('Selected: press Ctrl+C to copy.');
    return;
  }
  say('Copied.');
  const label = button.querySelector('[data-label]') ?? button;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 1500);
}

export function startCopying() {
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy]');
    if (button) copy(button);
  });
}
