import type * as boxes from '../lang/svg/tree.js'
import type { Said } from './words.js'

/** A picture of boxes, whose lines are said in the language in which it is drawn. */
export type Tree = boxes.Tree<Said>

/** A box of a {@link Tree}. */
export type Branch = boxes.Branch<Said>
