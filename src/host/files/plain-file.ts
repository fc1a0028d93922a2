import type { FileEntry } from '../../kubelet/files/tree.js'

/** Whether an entry of a disk is a file with a text of its own. */
export function isPlainFile(entry: FileEntry): entry is FileEntry & { readonly text: string } {
  return entry.kind === 'file' && typeof entry.text === 'string'
}
