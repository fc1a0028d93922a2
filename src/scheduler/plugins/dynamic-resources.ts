import type { CycleData } from '../framework/cycle.js'
import type { Plugin } from '../framework/plugin.js'
import { unresolvable, unschedulable } from '../framework/rejection.js'

const NAME = 'DynamicResources'
const SEEN: CycleData = { clone: () => SEEN }
const NOTHING_TO_DEALLOCATE = unschedulable('no new claims to deallocate')
const NO_STATE = unresolvable('not found')

/**
 * DRA for pods without resource claims: it filters nothing, but its PostFilter text is in every
 * FailedScheduling message since 1.34. If an earlier PreFilter plugin ended the cycle, it finds no state of
 * its own and reports only `not found`. `spec.resourceClaims` are ignored. Source: plugins/dynamicresources.
 */
export const dynamicResources: Plugin = {
  name: NAME,
  preFilter: (_, cycle) => {
    cycle.data.set(NAME, SEEN)
    return 'skip'
  },
  postFilter: (_, cycle) => (cycle.data.has(NAME) ? NOTHING_TO_DEALLOCATE : NO_STATE),
  eventsToRegister: {},
}
