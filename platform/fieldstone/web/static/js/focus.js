// After an answer the focus goes where the server says: HX-Trigger-After-Settle: {"fs-focus": "#edit-amount"}.
// On a new page it goes to the first problem.
document.addEventListener("fs-focus", (event) => {
  document.querySelector(event.detail.value)?.focus();
});

document.querySelector("[data-errors]")?.focus();
