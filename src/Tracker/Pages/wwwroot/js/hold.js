// Whether the rep is about to click something: then nothing may move under their pointer or focus, and what is new waits behind a bar.

const still = 4000;
let movedAt = -Infinity;
let over = null;

addEventListener('pointermove', event => { movedAt = performance.now(); over = event.target; }, { passive: true });
addEventListener('pointerdown', event => { movedAt = performance.now(); over = event.target; }, { passive: true });
document.documentElement.addEventListener('pointerleave', () => { over = null; });

const holds = (region, node) => node instanceof Node && region.contains(node);

/** Whether the pointer or the focus is in the region. A pointer that has rested there for long counts only while something of it can be pressed. */
export function isHeld(region) {
  if (holds(region, document.activeElement) && document.activeElement !== region) return true;
  if (over === null || !holds(region, over)) return false;
  return performance.now() - movedAt < still || over.closest('a, button, input, select, summary, textarea') !== null;
}

/** Calls back once the region is free. */
export function whenFree(region, then) {
  const timer = setInterval(() => {
    if (!isHeld(region)) {
      clearInterval(timer);
      then();
    }
  }, 500);
}
