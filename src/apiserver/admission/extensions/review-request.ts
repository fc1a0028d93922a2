import type { KindDefinition, KubeObject } from '../../../api/definition.js'
import type { AdmissionAttributes } from '../plugin.js'
import { inVersion } from './configuration.js'

const OPTIONS: Readonly<Record<AdmissionAttributes['operation'], string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: '',
}

/**
 * The `request` of an AdmissionReview, which is also what expressions see as `request` (there without the
 * objects). `as` is the version by which the request matched. Source: apiserver
 * pkg/admission/plugin/webhook/request/admissionreview.go.
 */
export function reviewRequest(
  attributes: AdmissionAttributes,
  as: KindDefinition,
): Readonly<Record<string, unknown>> {
  const { definition, subresource, namespace, name, operation, user, dryRun } = attributes
  const kindOf = ({ group, version, kind }: KindDefinition): object => ({ group, version, kind })
  const resourceOf = ({ group, version, resource }: KindDefinition): object => ({ group, version, resource })
  const part = definition.subresources.find((one) => one.name === subresource)
  const requestKind =
    part === undefined ? kindOf(definition) : { group: part.group, version: part.version, kind: part.kind }
  const kind = definition === as ? requestKind : kindOf(as)
  return {
    kind,
    resource: resourceOf(as),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind,
    requestResource: resourceOf(definition),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups ?? [],
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun,
    options:
      OPTIONS[operation] === ''
        ? null
        : { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}) },
  }
}

/** The objects of a request in the version by which it matched; null where there is none. */
export function reviewObjects(
  { definition, object, old }: AdmissionAttributes,
  as: KindDefinition,
): { readonly object: KubeObject | null; readonly oldObject: KubeObject | null } {
  return {
    object: inVersion(object, definition, as) ?? null,
    oldObject: inVersion(old, definition, as) ?? null,
  }
}
