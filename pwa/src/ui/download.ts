/** Hands something over to the browser's downloads, under a name. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Some browsers read it only after the touch has ended.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
