import type { Component } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import { APISERVER } from '../custom-resource-definition/naming.js'
import { builtInController } from '../shared/define-controller.js'
import { reportDangling } from './dangling.js'
import { type Configured, ensureDefaults, isAsDefault } from './defaults.js'

/** Ms between two passes of upstream over the default objects. */
const PERIOD = 60_000

/** Options of {@link createFlowControlController}. */
interface FlowControlOptions {
  /** The served version, with its group. */
  readonly apiVersion: string
}

/**
 * Creates the controller of priority and fairness inside the apiserver. It says in the status of each
 * FlowSchema whether its level exists, and keeps the default objects. Upstream looks at these each minute;
 * this one at the full minute after a change.
 */
export function createFlowControlController({ apiVersion }: FlowControlOptions): Component {
  return builtInController({
    name: 'kube-apiserver/priority-and-fairness',
    identity: APISERVER,
    informers: { schemas: { resource: 'flowschemas' }, levels: { resource: 'prioritylevelconfigurations' } },
    setup: ({ host, addQueue, informers: { schemas, levels } }) => {
      const defaults = addQueue({ name: 'defaults' }, () => {
        // levels first, so that no schema dangles
        ensureDefaults(host, 'prioritylevelconfigurations', levels.list())
        ensureDefaults(host, 'flowschemas', schemas.list())
      })
      const changed = (type: string, object: Configured): void => {
        if (isAsDefault(type, object)) return
        defaults.addAfter('all', PERIOD - (host.clock.now() % PERIOD), { class: 'watchdog' })
      }
      return {
        on: {
          schemas: ({ type, object }) => {
            changed(type, object)
            return type === 'DELETED' ? [] : [keyOf(object)]
          },
          levels: ({ type, object }) => {
            changed(type, object)
            return type === 'MODIFIED'
              ? []
              : schemas
                  .list()
                  .filter(({ spec }) => spec.priorityLevelConfiguration.name === object.metadata.name)
                  .map(keyOf)
          },
        },
        reconcile(name) {
          const schema = schemas.get(name)
          if (schema === undefined) return
          const level = schema.spec.priorityLevelConfiguration.name
          reportDangling(host, apiVersion, schema, levels.get(level) !== undefined)
        },
      }
    },
  })
}
