import type { KubeObject } from '../../api/definition.js'
import type { AdmissionAttributes } from '../admission/plugin.js'
import type { Call } from './context.js'
import { annotate, warn } from './context.js'

/** Admission attributes of a call for these objects. */
export function attributesOf(
  call: Call,
  operation: AdmissionAttributes['operation'],
  object: KubeObject | undefined,
  old: KubeObject | undefined,
): AdmissionAttributes {
  const { metadata } = (object ?? old ?? { metadata: {} }) as KubeObject
  return {
    operation,
    object,
    old,
    definition: call.resource.definition,
    subresource: call.subresource,
    namespace: call.namespace ?? '',
    name: call.name !== '' ? call.name : (metadata.name ?? metadata.generateName ?? ''),
    user: call.user,
    dryRun: call.dryRun,
    warn: (text) => warn(call, text),
    annotate: (key, value) => annotate(call, key, value),
  }
}
