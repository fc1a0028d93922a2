import { definitionsOf } from '../../../src/api/definitions.js'
import { release } from '../../../src/api/releases.js'
import { limitRanger } from '../../../src/apiserver/admission/limit-ranger.js'
import type { AdmissionAttributes, AdmissionContext } from '../../../src/apiserver/admission/plugin.js'
import type { Row, Table } from '../table.js'

/** Violations of one kind come in no order. */
const settled = (text: string): unknown =>
  text.startsWith('[')
    ? text
        .slice(1, -1)
        .split(/, (?=m|[^ ]+ max limit)/)
        .sort()
    : [text]

const limitRange: Table = ({ range, pod, claim, out }) => {
  const resource = pod === undefined ? 'persistentvolumeclaims' : 'pods'
  const definition = definitionsOf(release('v1.34')).find((one) => one.resource === resource)
  const object = structuredClone(pod ?? claim)
  const attributes = {
    operation: 'CREATE',
    definition,
    subresource: '',
    namespace: 'd',
    name: object.metadata.name,
    object,
  } as AdmissionAttributes
  const context = { list: () => [range] } as unknown as AdmissionContext
  limitRanger.mutate?.(attributes, context)
  let refused = ''
  try {
    limitRanger.validate?.(attributes, context)
  } catch (error) {
    refused = (error as Error).message.replace(/^.*? is forbidden: /, '')
  }
  const containers = [...(object.spec.containers ?? []), ...(object.spec.initContainers ?? [])]
  const filled = containers.map(({ name, resources }: Row) => [
    name,
    { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} },
  ])
  const mutated = { annotations: object.metadata.annotations ?? {}, containers: Object.fromEntries(filled) }
  return {
    expected: {
      refused: settled(out.refused),
      ...(pod === undefined ? {} : { annotations: out.annotations ?? {}, containers: out.containers }),
    },
    actual: { refused: settled(refused), ...(pod === undefined ? {} : mutated) },
  }
}

export const admissionTables: Readonly<Record<string, Table>> = { 'limit-range': limitRange }
