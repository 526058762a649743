/**
 * What pages can't do without a script: security keys, passkeys, and the button that prints.
 *
 * Kratos' own script defines functions; its nodes say which one a button calls, and which one the page.
 */
(() => {
  const call = (name) => {
    if (typeof window[name] === 'function') window[name]();
  };

  const buttons = document.querySelectorAll('button[data-trigger]');
  for (const button of buttons) {
    if (typeof window[button.dataset.trigger] === 'function') {
      button.hidden = false;
      button.addEventListener('click', () => call(button.dataset.trigger));
    } else {
      const note = button.form?.querySelector('[data-unsupported]');
      if (note) note.hidden = false;
    }
  }

  // Enter in a field would send such a form without what the button adds.
  for (const form of document.forms) {
    const button = form.querySelector('button[data-trigger]');
    if (!button || form.querySelector('button:not([type="button"])')) continue;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      button.click();
    });
  }

  // Several nodes name the same function, which asks the browser once.
  const loads = new Set(
    [...document.querySelectorAll('[data-load-trigger]')].map((node) => node.dataset.loadTrigger),
  );
  for (const name of loads) call(name);

  for (const button of document.querySelectorAll('button[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
})();
