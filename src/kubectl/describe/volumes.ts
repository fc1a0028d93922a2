import type { Volume, VolumeProjection } from '../../api/core/generated.js'
import type { DescriptionWriter } from './writer.js'

type Lines = readonly (readonly [title: string, value: string | number | boolean])[]

/** The volumes of a pod. Source: kubectl pkg/describe describeVolumes. */
export function writeVolumes(out: DescriptionWriter, volumes: readonly Volume[]): void {
  if (volumes.length === 0) {
    out.line(0, 'Volumes:\t<none>')
    return
  }
  out.line(0, 'Volumes:')
  for (const volume of volumes) {
    out.line(1, `${volume.name}:`)
    const lines = linesOf(volume)
    if (lines === undefined) out.line(1, '<unknown>')
    else for (const [title, value] of lines) out.line(2, `${title}:\t${value}`)
  }
}

function linesOf({
  hostPath,
  emptyDir,
  secret,
  configMap,
  persistentVolumeClaim: claim,
  projected,
  nfs,
  downwardAPI,
}: Volume): Lines | undefined {
  if (hostPath !== undefined) {
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', hostPath.path],
      ['HostPathType', hostPath.type ?? '<none>'],
    ]
  }
  if (emptyDir !== undefined) {
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', emptyDir.medium ?? ''],
      ['SizeLimit', emptyDir.sizeLimit ?? '<unset>'],
    ]
  }
  if (secret !== undefined) {
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', secret.secretName ?? ''],
      ['Optional', secret.optional ?? false],
    ]
  }
  if (configMap !== undefined) {
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', configMap.name ?? ''],
      ['Optional', configMap.optional ?? false],
    ]
  }
  if (claim !== undefined) {
    return [
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', claim.claimName],
      ['ReadOnly', claim.readOnly ?? false],
    ]
  }
  if (nfs !== undefined) {
    return [
      ['Type', 'NFS (an NFS mount that lasts the lifetime of a pod)'],
      ['Server', nfs.server],
      ['Path', nfs.path],
      ['ReadOnly', nfs.readOnly ?? false],
    ]
  }
  if (downwardAPI !== undefined) return [['Type', 'DownwardAPI (a volume populated by information about the pod)']]
  if (projected === undefined) return undefined
  return [
    ['Type', 'Projected (a volume that contains injected data from multiple sources)'],
    ...(projected.sources ?? []).flatMap(projectionLines),
  ]
}

function projectionLines({ secret, downwardAPI, configMap, serviceAccountToken: token }: VolumeProjection): Lines {
  if (secret !== undefined)
    return [
      ['SecretName', secret.name ?? ''],
      ['Optional', secret.optional ?? false],
    ]
  if (downwardAPI !== undefined) return [['DownwardAPI', true]]
  if (configMap !== undefined)
    return [
      ['ConfigMapName', configMap.name ?? ''],
      ['Optional', configMap.optional ?? false],
    ]
  return token === undefined ? [] : [['TokenExpirationSeconds', token.expirationSeconds ?? 0]]
}
