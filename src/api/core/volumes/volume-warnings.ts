import { quote } from '../../../lang/go/quote.js'
import { deprecatedVolume } from './deprecated-volumes.js'
import { claimSpecWarnings } from './claim-warnings.js'
import type { KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection } from '../generated.js'
import { shownQuantities } from '../../schema/huge-quantities.js'
import { isFractionalBytes } from '../resource-lists.js'

const NO_SOURCES: readonly VolumeProjection[] = []

/**
 * Warnings about the volumes of a pod. Source: warningsForPodSpecAndMeta,
 * warningsForOverlappingVirtualPaths.
 */
export function volumeWarnings(volumes: readonly Volume[], path: string, warnings: string[]): void {
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`
    for (const source in volume) {
      const text = deprecatedVolume(source)
      if (text !== undefined) warnings.push(`${at}.${source === 'storageos' ? 'storageOS' : source}: ${text}`)
    }
    const { emptyDir, ephemeral } = volume
    const size = emptyDir?.sizeLimit
    if (size !== undefined && isFractionalBytes(size)) {
      const text = `fractional byte value "${shownQuantities(size)}" is invalid, must be an integer`
      warnings.push(`${at}.emptyDir.sizeLimit: ${text}`)
    }
    const template = ephemeral?.volumeClaimTemplate
    if (template !== undefined)
      warnings.push(...claimSpecWarnings(template.spec, `${at}.ephemeral.volumeClaimTemplate.spec`))
    overlapWarnings(volume, warnings)
  })
  const tokens = tokenPaths(volumes)
  if (tokens.size > 0)
    volumes.forEach(({ projected }, index) => {
      if (projected !== undefined)
        tokenWarnings(projected, tokens, `${path}[${index}].projected.sources`, warnings)
    })
}

function tokenPaths(volumes: readonly Volume[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { projected } of volumes)
    for (const { serviceAccountToken: token } of projected?.sources ?? NO_SOURCES)
      if (token !== undefined) paths.add(token.path)
  return paths
}

function tokenWarnings(
  { sources }: ProjectedVolumeSource,
  tokens: ReadonlySet<string>,
  path: string,
  warnings: string[],
): void {
  const check = (name: string, items: readonly Pick<KeyToPath, 'path'>[] | undefined): void =>
    items?.forEach(({ path: target }, index) => {
      if (!tokens.has(target)) return
      const text = `has duplicated path with ServiceAccountToken ${quote(target)}`
      warnings.push(`${path}.${name}[${index}]: ${text}`)
    })
  for (const { configMap, secret, downwardAPI } of sources ?? NO_SOURCES) {
    check('configMap', configMap?.items)
    check('secrets', secret?.items)
    check('downwardAPI', downwardAPI?.items)
  }
}

interface VolumePlace {
  readonly path: string
  /** What writes there, for volumes with several sources. */
  readonly source: string
}

const shown = ({ path, source }: VolumePlace): string =>
  source === '' ? quote(path) : `${quote(path)} (${source})`

const places = (items: readonly Pick<KeyToPath, 'path'>[], source: string): readonly VolumePlace[] =>
  items.map(({ path }) => ({ path: path.endsWith('/') ? path.replace(/(?<!\/)\/+$/, '') : path, source }))

/** Warnings about files of a volume that hide each other. */
function overlapWarnings(volume: Volume, warnings: string[]): void {
  const { name, configMap, secret, downwardAPI, projected } = volume
  const check = (kind: string, all: readonly VolumePlace[]): void => {
    for (const place of all)
      for (const other of all) {
        if (other === place) break
        if (!overlaps(place.path, other.path)) continue
        warnings.push(
          `volume ${quote(name)} (${kind}): overlapping paths: ${shown(place)} with ${shown(other)}`,
        )
      }
  }
  if (configMap?.items !== undefined)
    check(`ConfigMap ${quote(configMap.name ?? '')}`, places(configMap.items, ''))
  if (secret?.items !== undefined) check(`Secret ${quote(secret.secretName ?? '')}`, places(secret.items, ''))
  if (downwardAPI?.items !== undefined) check('DownwardAPI', places(downwardAPI.items, ''))
  if (projected !== undefined) check('Projected', projectedPlaces(projected, name, warnings))
}

const isWithin = (path: string, folder: string): boolean =>
  path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/')

const overlaps = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a)

function projectedPlaces(
  { sources }: ProjectedVolumeSource,
  volume: string,
  warnings: string[],
): readonly VolumePlace[] {
  return (sources ?? NO_SOURCES).flatMap((source) => {
    const { configMap, secret, downwardAPI, serviceAccountToken: token } = source
    if (Object.keys(source).length === 0)
      warnings.push(`volume ${quote(volume)} (Projected) has no sources provided`)
    if (configMap?.items !== undefined)
      return places(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`)
    if (secret?.items !== undefined) return places(secret.items, `Secret ${quote(secret.name ?? '')}`)
    if (downwardAPI?.items !== undefined) return places(downwardAPI.items, 'DownwardAPI')
    return token === undefined ? [] : places([token], 'ServiceAccountToken')
  })
}
