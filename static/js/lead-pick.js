// Lists with ticks: one tick for the whole page, and a count of what is ticked. Without it the buttons work all the same.
(() => {
  "use strict";
  document.querySelectorAll("[data-pick]").forEach((form) => {
    const ticks = [...form.querySelectorAll("tbody input[type=checkbox]")];
    const all = form.querySelector("[data-pick-all]");
    const buttons = form.querySelectorAll("[data-pick-button]");
    const count = form.querySelector("[data-pick-count]");
    const idle = count?.textContent;

    const show = () => {
      const ticked = ticks.filter((tick) => tick.checked).length;
      buttons.forEach((button) => button.setAttribute("aria-disabled", String(!ticked)));
      if (count) count.textContent = ticked ? `${ticked} ticked. You confirm it on the next page.` : idle;
      if (all) {
        all.checked = ticked === ticks.length;
        all.indeterminate = ticked > 0 && ticked < ticks.length;
      }
    };

    all?.addEventListener("change", () => {
      ticks.forEach((tick) => { tick.checked = all.checked; });
      show();
    });
    ticks.forEach((tick) => tick.addEventListener("change", show));
    buttons.forEach((button) => button.addEventListener("click", (event) => {
      if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
    }));
    show();
  });
})();
