// Reports: choosing days sets the period to them, and a button prints. Without scripts the form works all the same.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".report-form");
  const period = form?.elements.namedItem("period");
  for (const name of ["from", "to"]) {
    form?.elements.namedItem(name)?.addEventListener("change", () => { period.value = "days"; });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});
