export type {
  CertificateUse,
  HeldCertificate,
  HeldCertificates,
  KubeletCertificates,
  LoadedCertificates,
} from './certificates/ports.js'
export { createKubelet, kubeletIdentity } from './kubelet.js'
export type { KubeletConfiguration, KubeletOptions, KubeletTimings, ShutdownPeriod } from './options.js'
export { DEFAULT_CAPACITY, DEFAULT_KUBELET_TIMINGS } from './options.js'
export { DEFAULT_EVICTION_HARD } from './node/eviction.js'
export { createContainerRuntime } from './runtime/container-runtime.js'
export type { ContainerRuntimeOptions, Machine, RuntimeTimings } from './runtime/machine.js'
export { DEFAULT_RUNTIME_TIMINGS } from './runtime/machine.js'
export type { ContainerBehavior } from './runtime/behavior.js'
export type { ContainerRuntime } from './runtime/runtime-api.js'
export type {
  DeclaredUsage,
  RuntimeContainer,
  RuntimeImage,
  RuntimePod,
  SystemUsage,
} from './runtime/state.js'
export type { ContainerNetwork, NetworkRequest, NetworkResponse } from '../shell/programs/command.js'
export type { ImageRegistry } from './images/image-table.js'
export type { Invocation, Pause, Program, Served, ServedRequest } from '../shell/programs/command.js'
export { attempt, flagsOf } from '../shell/programs/command.js'
export { FileFault } from '../shell/files/file-system.js'
export { addressesOf, parseUrl, statusText } from '../shell/programs/http.js'
export { defineImage } from './images/define-image.js'
export { containerCommand } from './runtime/processes/start-plan.js'
export { hasOwnSettings } from './runtime/processes/self-contained.js'
export type { OnCommand } from './runtime/processes/self-contained.js'
export type { OnUnknownImage } from './images/unknown-image.js'
export type {
  ImageResponse,
  ImageBehavior,
  ImageContext,
  ImageDefinition,
  ImageEffect,
  ImageExec,
} from './images/image.js'
export type { ProcessListener } from './runtime/processes/process-listeners.js'
export type { ContainerUsage } from './runtime/container-usage.js'
export type { ContainerLog, LogPosition } from './runtime/container-log.js'
export { newLog, readLog, startOfLog } from './runtime/container-log.js'
export { probeTotals, type ProbeTotal } from './prober/probe-totals.js'
export { emptyDirUsage } from './runtime/container-usage.js'
export { containerSpec } from './runtime/processes/container-view.js'
export { latestContainer, previousContainer } from './runtime/state.js'
export type { MachineDependencies } from './runtime/machine-dependencies.js'
export type { FileTree as VolumeFiles } from '../shell/files/tree.js'
export { diskPath } from './runtime/volumes.js'
export { sourceOf } from './volumes/sources.js'
export { capabilityMask } from './security-context/capabilities.js'
export { effectiveSecurity } from './security-context/effective.js'
export type { EffectiveCapabilities } from './security-context/capabilities.js'
export type { Decided, SettingSource } from './security-context/decided.js'
export type { EffectiveSecurity, SecurityOptions } from './security-context/effective.js'
export type { EffectiveIdentity } from './security-context/identity.js'
export type { Profile } from './security-context/profiles.js'
