// The server puts the file into this element; here it becomes a download. Nothing is fetched and nothing is stored.

watch('value', () => {
  const file = element.querySelector('[data-bytes]');
  if (!file) return;
  const bytes = Uint8Array.from(atob(file.dataset.bytes), (character) => character.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: file.dataset.type }));
  link.download = file.dataset.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
