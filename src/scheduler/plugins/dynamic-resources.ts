import type { CycleData } from '../framework/cycle.js'
import type { Plugin } from '../framework/plugin.js'
import { unresolvable, unschedulable } from '../framework/rejection.js'

const NAME = 'DynamicResources'
const SEEN: CycleData = { clone: () => SEEN }
const NOTHING_TO_DEALLOCATE = unschedulable('no new claims to deallocate')
const NO_STATE = unresolvable('not found')

/**
 * DRA as a pod without resource claims meets it: it filters nothing, but its PostFilter is heard in every
 * FailedScheduling message since 1.34; when an earlier PreFilter plugin ended the cycle, it finds no state of
 * its own and says only `not found`. Pods with `spec.resourceClaims` are treated as pods without. Source:
 * plugins/dynamicresources.
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
