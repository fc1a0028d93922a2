import type { Program } from './command.js'

/** The last part of a path. */
export const basename: Program = {
  name: 'basename',
  run: ({ args, write }) => {
    const [path = '', suffix = ''] = args
    const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
    write(
      `${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
    )
    return 0
  },
}
