/* A time zone chosen in the list counts as written by hand: the picker tells jQuery only, the painter and the warning listen
   themselves. Its box is named by the field's label too, and typing goes into its search at once. */
window.addEventListener("load", () => django.jQuery(() => { // after the picker, which is made when jQuery is ready
  const $ = django.jQuery;
  document.querySelectorAll("select[data-zones]").forEach((select) => {
    const label = document.querySelector(`label[for="${select.id}"]`), box = select.parentElement.querySelector(".select2-selection");
    if (!label || !box) return;
    label.id ||= `${select.id}-label`;
    box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby")}`);
  });
  $(document).on("select2:select select2:clear", "select[data-zones]", (event) => {
    ["input", "change"].forEach((kind) => event.target.dispatchEvent(new Event(kind, { bubbles: true })));
  });
  $(document).on("select2:open", "select[data-zones]", () => document.querySelector(".select2-container--open .select2-search__field")?.focus());
}));
