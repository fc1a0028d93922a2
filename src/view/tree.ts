import type * as boxes from '../lang/svg/tree.js'
import type { IconName } from './icons.js'
import type { Said } from './words.js'

/** A picture of boxes, whose lines are said in the language in which it is drawn. */
export interface Tree extends Omit<boxes.BoxTree<Said>, 'roots'> {
  readonly roots: readonly Branch[]
}

/** A box of a {@link Tree}. */
export interface Branch extends Omit<boxes.BoxBranch<Said>, 'icon' | 'branches'> {
  /** The kind of what it is about. */
  readonly icon?: IconName
  readonly branches?: readonly Branch[]
}
