/* Choices of several rows keep the order in which they were made: what is chosen (again) goes to the end. */

window.django?.jQuery(document).on("select2:select", "select.admin-autocomplete[multiple]", ({ target, params }) => {
  if (!params.data.element) return
  target.append(params.data.element)
  window.django.jQuery(target).trigger("change.select2")
})
