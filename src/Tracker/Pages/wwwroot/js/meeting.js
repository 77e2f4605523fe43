// One tap fills in a day that meetings often are on; the hour can still be changed.
for (const group of document.querySelectorAll('[data-into]')) {
  group.addEventListener('click', event => {
    const chosen = event.target.closest('[data-at]');
    if (!chosen) return;
    document.getElementById(group.dataset.into).value = chosen.dataset.at;
    for (const each of group.querySelectorAll('[data-at]')) each.setAttribute('aria-pressed', String(each === chosen));
  });
}
