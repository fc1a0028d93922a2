import type { Program } from './command.js'

/** Does nothing, successfully. */
export const trueProgram: Program = { name: 'true', run: () => 0 }
