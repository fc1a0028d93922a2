const texts: ReadonlyMap<string, string> = new Map([
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
])

/** Warnings about volume sources of pods and PersistentVolumes. Source: pkg/api/pod/warnings.go. */
export function deprecatedVolume(source: string): string | undefined {
  return texts.get(source)
}
