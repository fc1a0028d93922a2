import { distinct, plural, quoted, type Check } from '../check.js'

const ALLOWED = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

/** Only volumes that do not reach beyond the pod. Source: check_restrictedVolumes.go. */
export const restrictedVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).flatMap(({ name, ...source }) => {
    const [type] = Object.entries(source).flatMap(([kind, value]) => (value === undefined ? [] : [kind]))
    return type === undefined || ALLOWED.has(type) ? [] : [{ name, type }]
  })
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  const types = distinct(bad.map(({ type }) => type))
  const what = plural('restricted volume type', types)
  return {
    reason: 'restricted volume types',
    detail:
      `${plural('volume', names)} ${quoted(names)} ${names.length === 1 ? 'uses' : 'use'} ${what} ` +
      `${quoted(types)}`,
  }
}
