import type { Program } from './command.js'

/** Does nothing, unsuccessfully. */
export const falseProgram: Program = { name: 'false', run: () => 1 }
