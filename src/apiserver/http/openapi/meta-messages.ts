import {
  always,
  boolean,
  atomicList,
  defineGroup,
  json,
  list,
  message,
  ref,
  required,
  string,
} from '../../../api/schema/dsl.js'
import type { Message, SchemaGroup } from '../../../api/schema/types.js'

/**
 * Messages that only documents name: what discovery answers, and the events of a watch. Nobody sends or
 * stores them.
 */
export const metaMessages: SchemaGroup = defineGroup('io.k8s.apimachinery.pkg.apis.meta.v1', 'v1', [], {
  APIGroup: () =>
    message({
      apiVersion: string,
      kind: string,
      name: required(always(string)),
      preferredVersion: always(ref('GroupVersionForDiscovery')),
      serverAddressByClientCIDRs: atomicList(ref('ServerAddressByClientCIDR')),
      versions: required(atomicList(ref('GroupVersionForDiscovery'))),
    }),
  APIGroupList: () =>
    message({ apiVersion: string, groups: required(atomicList(ref('APIGroup'))), kind: string }),
  APIResource: () =>
    message({
      categories: atomicList(string),
      group: string,
      kind: required(always(string)),
      name: required(always(string)),
      namespaced: required(always(boolean)),
      shortNames: atomicList(string),
      singularName: required(always(string)),
      storageVersionHash: string,
      verbs: required(list(string)),
      version: string,
    }),
  APIResourceList: () =>
    message({
      apiVersion: string,
      groupVersion: required(always(string)),
      kind: string,
      resources: required(atomicList(ref('APIResource'))),
    }),
  APIVersions: () =>
    message({
      apiVersion: string,
      kind: string,
      serverAddressByClientCIDRs: required(atomicList(ref('ServerAddressByClientCIDR'))),
      versions: required(atomicList(string)),
    }),
  GroupVersionForDiscovery: () =>
    message({ groupVersion: required(always(string)), version: required(always(string)) }),
  ServerAddressByClientCIDR: () =>
    message({ clientCIDR: required(always(string)), serverAddress: required(always(string)) }),
  WatchEvent: () => message({ object: required(always(json)), type: required(always(string)) }),
})

const versionMessages: SchemaGroup = defineGroup('io.k8s.apimachinery.pkg.version', 'version', [], {
  Info: () =>
    message({
      buildDate: required(always(string)),
      compiler: required(always(string)),
      emulationMajor: string,
      emulationMinor: string,
      gitCommit: required(always(string)),
      gitTreeState: required(always(string)),
      gitVersion: required(always(string)),
      goVersion: required(always(string)),
      major: required(always(string)),
      minCompatibilityMajor: string,
      minCompatibilityMinor: string,
      minor: required(always(string)),
      platform: required(always(string)),
    }),
})

/** version.Info, which `/version` answers. */
export const versionInfoMessage = (): Message => versionMessages.message('Info')
