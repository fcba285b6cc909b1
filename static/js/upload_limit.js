// A file that is too large is refused where it is chosen, before it travels: by the limit that the field names in bytes.
(() => {
  "use strict";
  for (const field of document.querySelectorAll("input[type=file][data-most]")) {
    field.addEventListener("change", () => {
      const size = field.files[0]?.size ?? 0;
      const most = Number(field.dataset.most);
      field.setCustomValidity(size > most ? `This file has ${(size / 2 ** 30).toFixed(1)} GB; ${field.dataset.words} is the most. Split it and import the parts.` : "");
      field.reportValidity();
    });
  }
})();
