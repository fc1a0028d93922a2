/** What fields mean that only older releases serve, in the form of `field-texts.ts`. */
export const OLDER_TEXT = `
*
currentAverageUtilization: Measured mean over the pods, as a percentage of their requests.
currentAverageValue: Measured mean over the pods.
currentValue: The measured value.
metricName: Name of the metric.
metricSelector: Labels of the time series that count.
targetAverageUtilization: Wanted mean over the pods, as a percentage of their requests.
targetAverageValue: Wanted mean over the pods.
targetValue: The wanted value.
ObjectMetricSource
averageValue: Wanted value for each pod.
selector: Labels of the time series that count.
ObjectMetricStatus
averageValue: Measured value for each pod.
selector: Labels of the time series that count.
target: The object that has the metric.
PodsMetricSource
selector: Labels of the time series that count.
PodsMetricStatus
selector: Labels of the time series that count.
IngressBackend
serviceName: Name of the Service.
servicePort: Port of the Service, by number or name.
IngressSpec
backend: Where requests go that no rule matches.
Endpoint
topology: Labels of the node, such as its zone.
AllowedCSIDriver
name: Name of the driver.
AllowedFlexVolume
driver: Name of the driver.
AllowedHostPath
pathPrefix: Beginning of the paths that pods may mount, by whole names.
readOnly: Whether the paths may be mounted read-only alone.
FSGroupStrategyOptions
ranges: Groups that may be used.
rule: MayRunAs, MustRunAs or RunAsAny.
SupplementalGroupsStrategyOptions = FSGroupStrategyOptions
RunAsGroupStrategyOptions = FSGroupStrategyOptions
RunAsUserStrategyOptions
ranges: Users that may be used.
rule: MustRunAs, MustRunAsNonRoot or RunAsAny.
RuntimeClassStrategyOptions
allowedRuntimeClassNames: Runtime classes that pods may name; * is all.
defaultRuntimeClassName: Runtime class of pods that name none.
SELinuxStrategyOptions
rule: MustRunAs or RunAsAny.
seLinuxOptions: Labels that must be used, or that are the default.
HostPortRange
max: Last port.
min: First port.
IDRange
max: Last ID.
min: First ID.
PodSecurityPolicySpec
allowPrivilegeEscalation: Whether programs may gain more rights than their parent. Default: true.
allowedCSIDrivers: Drivers of inline volumes that pods may use. Empty means all.
allowedCapabilities: Capabilities that pods may add; * is all.
allowedFlexVolumes: Flex drivers that pods may use. Empty means all.
allowedHostPaths: Paths of the node that pods may mount. Empty means all.
allowedProcMountTypes: Kinds of /proc that pods may have. Empty means the default alone.
allowedUnsafeSysctls: Unsafe kernel parameters that pods may set; a final * stands for any ending.
defaultAddCapabilities: Capabilities that every container gets unless it drops them.
defaultAllowPrivilegeEscalation: The value for containers that say nothing of privilege escalation.
forbiddenSysctls: Kernel parameters that pods may not set; a final * stands for any ending.
fsGroup: Which group volumes may have.
hostIPC: Whether pods may use the IPC namespace of the node.
hostNetwork: Whether pods may use the network of the node.
hostPID: Whether pods may see the processes of the node.
hostPorts: Ports of the node that pods may use.
privileged: Whether containers may be privileged.
readOnlyRootFilesystem: Whether containers must have a root file system that is read-only.
requiredDropCapabilities: Capabilities that every container drops.
runAsGroup: Which group programs may run as. Without it: any.
runAsUser: Which user programs may run as.
runtimeClass: Which runtime classes pods may name. Without it: any.
seLinux: Which SELinux labels pods may have.
supplementalGroups: Which further groups programs may have.
volumes: Types of volumes that pods may use; * is all.
CustomResourceColumnDefinition
JSONPath: Path of the value in the object.
CustomResourceConversion
conversionReviewVersions: Versions of ConversionReview that the webhook understands, best one first.
webhookClientConfig: How the webhook is reached.
CustomResourceDefinitionSpec
additionalPrinterColumns: Columns that kubectl get prints, of all versions.
subresources: Status and scale, of all versions.
validation: Schema of the objects, of all versions.
version: The only version; superseded by versions.
`
