import type { Program } from './command.js'

/** What is mounted. */
export const mount: Program = {
  name: 'mount',
  run: ({ world, write }) => {
    for (const { path, device, type, readOnly } of world.files.mounts.toReversed()) {
      write(`${device} on ${path === '' ? '/' : path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`)
    }
    return 0
  },
}
