/** What fields of the groups beside core, apps and batch mean, in the form of `field-texts.ts`. */
export const GROUP_TEXT = `
AuditAnnotation
key: Name of the annotation, unique in the policy.
valueExpression: CEL expression whose value is written to the audit log; nothing is written if it is null.
ExpressionWarning
fieldRef: Path of the expression in the policy.
warning: What the type checker says about the expression.
MatchCondition
expression: CEL expression that must be true for the request to be looked at.
name: Name of the condition, unique in its list.
MatchResources
excludeResourceRules: Operations and resources that are left out, whatever resourceRules say.
matchPolicy: Exact or Equivalent (the default): whether other versions of the same resource match, too.
objectSelector: Labels of the objects that are looked at.
resourceRules: Operations on resources that are looked at.
ValidatingWebhook
admissionReviewVersions: Versions of AdmissionReview that the webhook understands, the preferred one first.
clientConfig: How the server reaches the webhook.
failurePolicy: What happens if the webhook cannot be asked: Fail (the default) or Ignore.
matchConditions: CEL conditions; the webhook is asked only if all of them are true.
matchPolicy: Exact or Equivalent (the default): whether other versions of the same resource match, too.
name: Name of the webhook, a full domain name.
objectSelector: Labels of the objects about which the webhook is asked.
rules: Operations on resources about which the webhook is asked.
sideEffects: Whether asking has effects elsewhere: None or NoneOnDryRun.
timeoutSeconds: How long the server waits for a response, from 1 to 30. Default: 10.
MutatingWebhook = ValidatingWebhook
reinvocationPolicy: Never (the default) or IfNeeded: whether it is asked again after later changes.
MutatingWebhookConfiguration
webhooks: The webhooks, which are asked one after the other.
ValidatingWebhookConfiguration
webhooks: The webhooks, which are asked at the same time.
RuleWithOperations
apiGroups: API groups of the resources; * is all of them.
apiVersions: API versions of the resources; * is all of them.
operations: CREATE, UPDATE, DELETE, CONNECT or *.
resources: Names of resources, also with a subresource: pods, pods/log, */scale.
scope: Cluster, Namespaced or * (the default).
NamedRuleWithOperations = RuleWithOperations
resourceNames: Names of the objects. Default: all.
ParamKind
apiVersion: Group and version of the parameters.
kind: Kind of the parameters.
ParamRef
name: Name of the object with the parameters.
namespace: Namespace of the parameters. Default: that of the object under review.
parameterNotFoundAction: Allow or Deny: what happens if there are no parameters.
selector: Labels of the objects with the parameters.
ServiceReference
name: Name of the Service.
namespace: Namespace of the Service.
path: Path of the URL that is asked.
port: Port of the Service. Default: 443.
TypeChecking
expressionWarnings: What is suspicious about each expression.
ValidatingAdmissionPolicyBindingSpec
matchResources: Narrows what the policy looks at.
paramRef: Objects with the parameters of the policy.
policyName: Name of the ValidatingAdmissionPolicy.
validationActions: Deny, Warn or Audit: what happens if a validation is false.
ValidatingAdmissionPolicySpec
auditAnnotations: What is written to the audit log.
failurePolicy: What happens if the policy is wrong: Fail (the default) or Ignore.
matchConditions: CEL conditions; the policy is evaluated only if all of them are true.
matchConstraints: Operations on resources that the policy looks at.
paramKind: Kind of the objects with parameters.
validations: CEL expressions that must be true.
variables: Named CEL expressions that the others can use.
ValidatingAdmissionPolicyStatus
typeChecking: What the check of the expressions' types has found.
Validation
expression: CEL expression that must be true for the request to be admitted.
message: What the client is told if it is false.
messageExpression: CEL expression that makes the message.
reason: Reason of the refusal, such as Invalid or Forbidden.
Variable
expression: CEL expression of the value.
name: Name under which others use it: variables.NAME.
WebhookClientConfig
caBundle: PEM certificates that verify the webhook's own. Default: those of the system.
service: Service that leads to the webhook.
url: Address of the webhook, if it is not a Service.
BoundObjectReference
name: Name of the object.
uid: UID of the object.
SelfSubjectReviewStatus
userInfo: Who the server thinks you are.
TokenRequestSpec
audiences: Who may accept the token. Default: the apiserver.
boundObjectRef: Object with which the token ends.
expirationSeconds: How long the token is valid, at least 600. Default: an hour.
TokenRequestStatus
expirationTimestamp: When the token ends.
token: The token.
TokenReviewSpec
audiences: Who asks; the token must be for one of them.
token: The token to check.
TokenReviewStatus
audiences: Audiences of the request that the token is for.
authenticated: Whether the token belongs to a known user.
error: Why the token could not be checked.
user: Who the token belongs to.
UserInfo
extra: More about the user, as the authenticator knows it.
groups: Groups of the user.
uid: What tells the user from another of the same name.
username: Name of the user.
NonResourceAttributes
path: Path of the URL.
verb: HTTP verb in lower case.
NonResourceRule
nonResourceURLs: Paths of URLs; * at the end is any rest.
verbs: HTTP verbs in lower case.
ResourceAttributes
fieldSelector: Limits the question to a field selector.
group: API group of the resource; * is all.
labelSelector: Limits the question to a label selector.
name: Name of the object. Default: all of them.
namespace: Namespace of the object. Empty for all, or for cluster-scoped resources.
resource: Plural name of the resource, such as pods; * is all.
subresource: Subresource, such as log.
verb: get, list, watch, create, update, patch, delete, deletecollection, use, ... or *.
version: API version; * is all.
ResourceRule
apiGroups: API groups of the resources; * is all.
resourceNames: Names of the objects. Empty: all.
resources: Names of resources, also with a subresource.
verbs: What may be done.
SelfSubjectAccessReviewSpec
nonResourceAttributes: The question about a path.
resourceAttributes: The question about a resource.
SelfSubjectRulesReviewSpec
namespace: Namespace whose rights are listed.
SubjectAccessReviewSpec = SelfSubjectAccessReviewSpec
extra: More about the user, as the authenticator knows it.
groups: Groups of the user.
uid: What tells the user from another of the same name.
user: Name of the user that the question is about.
SubjectAccessReviewStatus
allowed: Whether the action is allowed.
denied: Whether an authorizer has refused it, so that no later one was asked.
evaluationError: What went wrong while it was decided.
reason: Why it is allowed or denied.
SubjectRulesReviewStatus
evaluationError: What went wrong while the rights were listed.
incomplete: Whether there may be more rights than those listed.
nonResourceRules: Rights on paths.
resourceRules: Rights on resources.
ScaleSpec
replicas: How many pods are wanted.
ScaleStatus
replicas: How many pods there are.
selector: Labels of the pods, as a text.
ContainerResourceMetricSource
container: Name of the container.
name: Name of the resource, such as cpu.
target: The wanted value.
ContainerResourceMetricStatus
container: Name of the container.
current: The measured value.
name: Name of the resource.
CrossVersionObjectReference
name: Name of the object.
ExternalMetricSource
metric: Name of the metric, and labels.
target: The wanted value.
ExternalMetricStatus
current: The measured value.
metric: Name of the metric, and labels.
HorizontalPodAutoscalerCondition
message: Explanation for people.
reason: One word for the last change.
type: AbleToScale, ScalingActive or ScalingLimited.
MetricIdentifier
name: Name of the metric.
selector: Labels of the metric.
MetricStatus
containerResource: Use of a resource by one container of each pod.
external: Metric from outside the cluster.
object: Metric of one object.
pods: Metric of the pods, averaged.
resource: Use of a resource by the pods.
type: Which of the other fields is set.
MetricValueStatus
averageUtilization: Average over the pods, in percent of the request.
averageValue: Average over the pods.
value: The value as a whole.
ObjectMetricSource
describedObject: The object that has the metric.
metric: Name of the metric, and labels.
target: The wanted value.
ObjectMetricStatus
current: The measured value.
describedObject: The object that has the metric.
metric: Name of the metric, and labels.
PodsMetricSource = ExternalMetricSource
PodsMetricStatus = ExternalMetricStatus
ResourceMetricStatus
current: The measured value.
name: Name of the resource.
CertificateSigningRequestCondition
message: Explanation for people.
reason: One word for the decision.
type: Approved, Denied or Failed.
CertificateSigningRequestSpec
expirationSeconds: How long the certificate should be valid, at least 600.
extra: More about who asks; the server sets it.
groups: Groups of who asks; the server sets them.
request: The PKCS #10 request in PEM, encoded in base64.
signerName: Who should sign, such as kubernetes.io/kube-apiserver-client.
uid: UID of who asks; the server sets it.
usages: What the key is used for, such as client auth.
username: Name of who asks; the server sets it.
CertificateSigningRequestStatus
certificate: The signed certificate in PEM, encoded in base64.
LeaseSpec
acquireTime: When the holder got the lease.
holderIdentity: Who holds the lease.
leaseDurationSeconds: How long others must wait after renewTime before they may take the lease.
leaseTransitions: How often the lease has changed its holder.
preferredHolder: Who should hold the lease next.
renewTime: When the holder has renewed the lease last.
strategy: How the holder is chosen among candidates.
Endpoint
addresses: Addresses of the endpoint; clients use the first.
deprecatedTopology: Labels of the place, as in v1beta1.
hints: For whom the endpoint is best.
hostname: Name of the endpoint in the Service's domain.
nodeName: Node of the endpoint.
targetRef: Object behind the endpoint, mostly a pod.
zone: Zone of the endpoint.
EndpointConditions
ready: Whether the endpoint takes connections and is not ending.
serving: Whether it takes connections, also while it ends.
terminating: Whether it is ending.
EndpointHints
forNodes: Nodes whose clients should use the endpoint.
forZones: Zones whose clients should use the endpoint.
EndpointSlice
addressType: IPv4, IPv6 or FQDN.
endpoints: Up to 1,000 endpoints.
ports: Ports that every endpoint has.
EndpointPort
appProtocol: Protocol of the application, such as kubernetes.io/h2c.
name: Name of the port, as in the Service.
port: Number of the port.
protocol: TCP (the default), UDP or SCTP.
EndpointAddress
hostname: Name of the endpoint.
ip: Address of the endpoint.
nodeName: Node of the endpoint.
targetRef: Object behind the endpoint.
EndpointSubset
addresses: Addresses that take connections.
notReadyAddresses: Addresses that do not take connections now.
ports: Ports of the addresses.
Endpoints
subsets: Addresses with the same ports.
ForNode
name: Name of the node.
ForZone
name: Name of the zone.
IPAddressSpec
parentRef: Object that the address belongs to.
IngressClassParametersReference
apiGroup: API group of the parameters.
name: Name of the parameters.
namespace: Namespace of the parameters, if scope is Namespace.
scope: Cluster (the default) or Namespace.
IngressClassSpec
controller: Name of the controller that serves Ingresses of this class.
parameters: Object with more settings.
IngressLoadBalancerIngress
hostname: Name of the load balancer.
ip: Address of the load balancer.
ports: Ports of the load balancer.
IngressLoadBalancerStatus
ingress: Where the load balancer can be reached.
IngressPortStatus
error: Why the port does not work.
port: Number of the port.
protocol: TCP, UDP or SCTP.
IngressStatus
loadBalancer: Where the load balancer can be reached.
LoadBalancerIngress = IngressLoadBalancerIngress
ipMode: VIP (the default) or Proxy: whether packets arrive with the address of the load balancer.
LoadBalancerStatus = IngressLoadBalancerStatus
PortStatus = IngressPortStatus
ServiceStatus = IngressStatus
ParentReference
group: API group of the object.
name: Name of the object.
namespace: Namespace of the object.
resource: Plural name of its resource.
ServiceCIDRSpec
cidrs: Ranges from which Services get addresses, one a family.
Overhead
podFixed: Resources that each pod needs besides its containers.
RuntimeClass
handler: Name of the runtime in the configuration of the node.
overhead: Resources that each pod needs besides its containers.
scheduling: Which nodes have the runtime.
Scheduling
nodeSelector: Labels of the nodes that have the runtime.
tolerations: Tolerations that are added to the pods.
Eviction
deleteOptions: How the pod is deleted.
PriorityClass
description: For which pods the class is meant.
globalDefault: Whether pods that name no class have this one. At most one class may.
preemptionPolicy: PreemptLowerPriority (the default) or Never.
value: Priority of the pods; higher is more important.
CSIDriverSpec
attachRequired: Whether volumes are attached to a node before they are mounted. Default: true.
fsGroupPolicy: Whether the kubelet changes owner and rights of files: ReadWriteOnceWithFSType (the
  default), File or None.
nodeAllocatableUpdatePeriodSeconds: How often the number of volumes that fit on a node is asked again.
podInfoOnMount: Whether the driver is told about the pod.
requiresRepublish: Whether volumes are mounted again now and then, for data that changes.
seLinuxMount: Whether volumes can be mounted with an SELinux context.
serviceAccountTokenInSecrets: Whether tokens are passed as secrets.
storageCapacity: Whether the scheduler looks at the free space that the driver reports.
tokenRequests: Tokens of the pod's service account that the driver gets.
volumeLifecycleModes: Persistent (the default), Ephemeral or both.
CSINodeDriver
allocatable: How many volumes fit on the node.
name: Name of the driver.
nodeID: Name of the node for the driver.
topologyKeys: Labels of the node that say where its volumes can be.
CSINodeSpec
drivers: Drivers that run on the node.
CSIStorageCapacity
capacity: Free space.
maximumVolumeSize: Size of the largest volume that can be made.
nodeTopology: Nodes that can use the storage.
TokenRequest
audience: Who may accept the token.
expirationSeconds: How long the token is valid.
VolumeAttachmentSource
inlineVolumeSpec: Volume of a pod that was migrated to CSI.
persistentVolumeName: Name of the PersistentVolume.
VolumeAttachmentSpec
attacher: Driver that attaches.
nodeName: Node that gets the volume.
source: The volume.
VolumeAttachmentStatus
attachError: Last error of attaching.
attached: Whether the volume is attached.
attachmentMetadata: What the driver must know to mount it.
detachError: Last error of detaching.
VolumeAttributesClass
driverName: Driver that the attributes are for.
parameters: Attributes of volumes, such as iops.
VolumeError
errorCode: Code of gRPC.
message: What went wrong.
time: When it happened.
VolumeNodeResources
count: How many volumes fit on the node.
CustomResourceColumnDefinition
description: What the column means.
format: Form of the values, as in OpenAPI.
jsonPath: Where the value is in the object.
name: Heading of the column.
priority: 0 is always shown, more with -o wide only.
type: Type of the values: string, integer, number, boolean or date.
CustomResourceConversion
strategy: None (only apiVersion changes) or Webhook.
webhook: Who converts.
CustomResourceDefinitionCondition
message: Explanation for people.
reason: One word for the last change.
type: Established, NamesAccepted, NonStructuralSchema or Terminating.
CustomResourceDefinitionNames
categories: Names of groups of resources that it belongs to, such as all.
listKind: Kind of lists. Default: the kind with List.
plural: Plural name, as in paths.
shortNames: Abbreviations for kubectl.
singular: Singular name. Default: the kind in lower case.
CustomResourceDefinitionSpec
conversion: How objects are converted between versions.
group: API group of the resource.
names: Names of the resource and its kind.
preserveUnknownFields: Must be false in v1.
scope: Cluster or Namespaced.
versions: Versions that are served or stored.
CustomResourceDefinitionStatus
acceptedNames: Names under which it is served.
storedVersions: Versions in which objects may be stored.
CustomResourceDefinitionVersion
additionalPrinterColumns: Columns of kubectl get.
deprecated: Whether clients are warned.
deprecationWarning: What clients are warned with.
name: Name of the version, such as v1.
schema: What objects must look like.
selectableFields: Fields that field selectors can use.
served: Whether the version is served.
storage: Whether objects are stored in this version; exactly one is.
subresources: Subresources that objects have.
CustomResourceSubresourceScale
labelSelectorPath: Where the selector of the pods is.
specReplicasPath: Where the wanted number is.
statusReplicasPath: Where the number of now is.
CustomResourceSubresources
scale: Subresource for the number of replicas.
CustomResourceValidation
openAPIV3Schema: Schema that objects must have.
SelectableField
jsonPath: Where the value is in the object.
ValidationRule
fieldPath: Field that the error names.
message: What the client is told if the rule is false.
messageExpression: CEL expression that makes the message.
optionalOldSelf: Whether the rule also runs when there was no old value.
reason: Reason of the error, such as FieldValueInvalid.
rule: CEL expression that must be true of self.
WebhookConversion
clientConfig: How the server reaches the webhook.
conversionReviewVersions: Versions of ConversionReview that it understands.
APIServiceCondition
message: Explanation for people.
reason: One word for the last change.
type: Available.
APIServiceSpec
caBundle: PEM certificates that verify the server's own.
group: API group that the server serves.
groupPriorityMinimum: How early clients see the group; higher is earlier.
insecureSkipTLSVerify: Whether the server's certificate is not verified.
service: Service that leads to the server. Default: the apiserver itself.
version: API version that the server serves.
versionPriority: How early clients see the version in its group.
Status
code: HTTP code.
details: More about the error, for programs.
message: Explanation for people.
reason: One word for the error, such as NotFound.
StatusCause
field: Path of the field.
message: Explanation for people.
reason: One word for the cause.
StatusDetails
causes: Every single fault.
group: API group of the object.
name: Name of the object.
retryAfterSeconds: When the client may try again.
uid: UID of the object.
WatchEvent
object: The object, or a Status for an error.
type: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.
DeleteOptions
dryRun: All: nothing is deleted.
gracePeriodSeconds: How long the object may take to end; 0 is at once.
ignoreStoreReadErrorWithClusterBreakingPotential: Whether an object that cannot be read is deleted.
orphanDependents: Old form of propagationPolicy.
preconditions: What must be true of the object.
propagationPolicy: What becomes of what it owns: Orphan, Background or Foreground.
Preconditions
resourceVersion: Version that the object must have.
uid: UID that the object must have.
FieldSelectorAttributes
rawSelector: The selector as a text.
requirements: The selector as a list of requirements.
LabelSelectorAttributes = FieldSelectorAttributes
FieldSelectorRequirement
key: Field that is compared.
operator: In, NotIn, Exists or DoesNotExist.
values: Values to compare with.
UncountedTerminatedPods
failed: UIDs of failed pods that are not counted yet.
succeeded: UIDs of succeeded pods that are not counted yet.
AttachedVolume
devicePath: Device under which it is attached.
name: Name of the volume.
ClusterTrustBundleProjection
name: Name of the ClusterTrustBundle.
optional: Whether it may be missing.
path: Path of the file in the volume.
signerName: Takes all bundles of this signer.
ContainerImage
names: Names of the image.
sizeBytes: Size of the image.
ContainerRestartRule
action: Restart.
exitCodes: Exit codes for which the rule is.
ContainerRestartRuleOnExitCodes
operator: In or NotIn.
values: Exit codes.
ContainerUser
linux: User and groups of the first process.
LinuxContainerUser
gid: Group of the first process.
supplementalGroups: More groups of the first process.
uid: User of the first process.
DaemonEndpoint
Port: Port on which it listens.
ModifyVolumeStatus
targetVolumeAttributesClassName: Class that the volume is changed to.
NodeDaemonEndpoints
kubeletEndpoint: Where the kubelet listens.
NodeFeatures
supplementalGroupsPolicy: Whether the runtime knows that field of pods.
NodeRuntimeHandler
features: What the handler can do.
name: Name of the handler; empty for the default.
NodeRuntimeHandlerFeatures
recursiveReadOnlyMounts: Whether mounts can be read-only with all below them.
userNamespaces: Whether pods can have user namespaces.
NodeSwapStatus
capacity: Bytes of swap.
PodCertificateProjection
certificateChainPath: File of the certificate chain.
credentialBundlePath: File of key and certificates together.
keyPath: File of the private key.
keyType: RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.
maxExpirationSeconds: How long the certificate may be valid at most.
signerName: Who signs.
PodResourceClaimStatus
name: Name of the claim in the pod.
resourceClaimName: Name of the ResourceClaim that was made.
ResourceHealth
health: Healthy, Unhealthy or Unknown.
resourceID: What tells the device from others.
ResourceStatus
name: Name of the resource.
resources: Health of each device.
VolumeMountStatus
mountPath: Path of the mount.
name: Name of the volume.
readOnly: Whether the mount is read-only.
recursiveReadOnly: Whether everything below is read-only, too.
WindowsSecurityContextOptions
gmsaCredentialSpec: Content of the credential spec.
gmsaCredentialSpecName: Name of the credential spec.
hostProcess: Whether it runs as a process of the host.
runAsUserName: User of Windows that the process runs as.
AWSElasticBlockStoreVolumeSource
partition: Partition of the disk.
readOnly: Whether the volume is read-only.
volumeID: Name of the disk.
AzureDiskVolumeSource
cachingMode: None, ReadOnly or ReadWrite.
diskName: Name of the disk.
diskURI: URI of the disk.
readOnly: Whether the volume is read-only.
AzureFileVolumeSource
readOnly: Whether the volume is read-only.
secretName: Secret with the account and its key.
shareName: Name of the share.
AzureFilePersistentVolumeSource = AzureFileVolumeSource
secretNamespace: Namespace of the Secret.
CephFSVolumeSource
monitors: Addresses of the monitors.
path: Directory that is mounted.
readOnly: Whether the volume is read-only.
secretFile: File with the key.
user: User of Ceph.
CephFSPersistentVolumeSource = CephFSVolumeSource
CinderVolumeSource
readOnly: Whether the volume is read-only.
volumeID: Name of the disk.
CinderPersistentVolumeSource = CinderVolumeSource
FCVolumeSource
lun: Number of the unit.
readOnly: Whether the volume is read-only.
targetWWNs: World wide names of the targets.
wwids: World wide identifiers of the volume.
FlexVolumeSource
driver: Name of the driver.
options: What the driver must know.
readOnly: Whether the volume is read-only.
FlexPersistentVolumeSource = FlexVolumeSource
FlockerVolumeSource
datasetName: Name of the dataset.
datasetUUID: UUID of the dataset.
GCEPersistentDiskVolumeSource
partition: Partition of the disk.
pdName: Name of the disk.
readOnly: Whether the volume is read-only.
GitRepoVolumeSource
directory: Directory in the volume.
repository: URL of the repository.
revision: Commit that is checked out.
GlusterfsVolumeSource
endpoints: Endpoints with the addresses of the servers.
path: Name of the volume.
readOnly: Whether the volume is read-only.
GlusterfsPersistentVolumeSource = GlusterfsVolumeSource
endpointsNamespace: Namespace of the Endpoints.
ISCSIVolumeSource
chapAuthDiscovery: Whether discovery is authenticated by CHAP.
chapAuthSession: Whether the session is authenticated by CHAP.
initiatorName: Name of the initiator.
iqn: Qualified name of the target.
iscsiInterface: Interface, such as tcp.
lun: Number of the unit.
portals: More addresses of the target.
readOnly: Whether the volume is read-only.
targetPortal: Address of the target.
ISCSIPersistentVolumeSource = ISCSIVolumeSource
PortworxVolumeSource
readOnly: Whether the volume is read-only.
volumeID: Name of the volume.
RBDVolumeSource
image: Name of the image.
keyring: File with the keys.
monitors: Addresses of the monitors.
pool: Name of the pool.
readOnly: Whether the volume is read-only.
user: User of Ceph.
RBDPersistentVolumeSource = RBDVolumeSource
VsphereVirtualDiskVolumeSource
storagePolicyID: Identifier of the storage policy.
storagePolicyName: Name of the storage policy.
volumePath: Path of the disk.
ExemptPriorityLevelConfiguration
lendablePercent: How much of its seats other levels may use, in percent.
nominalConcurrencyShares: Share of the server's seats.
LimitedPriorityLevelConfiguration = ExemptPriorityLevelConfiguration
borrowingLimitPercent: How many seats of others it may use, in percent of its own.
limitResponse: What becomes of requests that find no seat.
FlowDistinguisherMethod
type: ByUser or ByNamespace: which requests of the schema wait apart from each other.
FlowSchemaCondition = PodCondition
FlowSchemaSpec
distinguisherMethod: Which requests wait apart from each other. Default: none do.
matchingPrecedence: Of the schemas that match, the one with the smallest number decides.
priorityLevelConfiguration: Level that the requests belong to.
rules: Requests of the schema; one of the rules must match.
GroupSubject
name: Name of the group; * is all.
UserSubject
name: Name of the user; * is all.
ServiceAccountSubject
name: Name of the service account; * is all.
namespace: Namespace of the service account.
LimitResponse
queuing: Queues in which requests wait.
type: Queue or Reject.
NonResourcePolicyRule
nonResourceURLs: Paths of URLs; * is all.
verbs: HTTP verbs in lower case; * is all.
PolicyRulesWithSubjects
nonResourceRules: Requests for paths.
resourceRules: Requests for resources.
subjects: Whose requests are meant.
PriorityLevelConfigurationCondition = PodCondition
PriorityLevelConfigurationReference
name: Name of the PriorityLevelConfiguration.
PriorityLevelConfigurationSpec
exempt: Settings of a level without limit.
limited: Settings of a level with a limit.
type: Exempt or Limited.
QueuingConfiguration
handSize: How many queues a flow may use.
queueLengthLimit: How many requests wait in a queue at most.
queues: Number of queues.
ResourcePolicyRule
apiGroups: API groups of the resources; * is all.
clusterScope: Whether requests without a namespace match.
namespaces: Namespaces of the requests; * is all.
resources: Names of resources; * is all.
verbs: Verbs of the requests; * is all.
ComponentCondition
error: Error code of the check, if it failed.
message: What the check found.
type: Healthy.
ConfigMapNodeConfigSource
kubeletConfigKey: Key of the kubelet's configuration in the ConfigMap.
name: Name of the ConfigMap.
namespace: Namespace of the ConfigMap.
resourceVersion: Version of the ConfigMap; only in the status.
uid: UID of the ConfigMap; only in the status.
NodeConfigSource
configMap: ConfigMap with the configuration of the kubelet.
NodeConfigStatus
active: Configuration that the kubelet uses. Dynamic configuration went in v1.24.
assigned: Configuration that the kubelet is to use.
error: Why the assigned configuration is not used.
lastKnownGood: Configuration to which the kubelet falls back.
FileKeySelector
key: Name of the variable in the file.
optional: Whether the file or the variable may be missing.
path: Path of the file in the volume; it must not lead out of it.
volumeName: Name of the volume with the file.
PhotonPersistentDiskVolumeSource
pdID: ID of the disk.
QuobyteVolumeSource
group: Group as which the volume is used. Default: none.
readOnly: Whether the volume is read-only.
registry: Hosts and ports of the registry, separated by commas.
tenant: Tenant that owns the volume.
user: User as whom the volume is used.
volume: Name of the volume.
ScaleIOVolumeSource
gateway: Address of the API gateway.
protectionDomain: Name of the protection domain.
readOnly: Whether the volume is read-only.
sslEnabled: Whether the gateway is reached by TLS.
storageMode: ThickProvisioned or ThinProvisioned.
storagePool: Storage pool of the protection domain.
system: Name of the storage system.
volumeName: Name of the volume in the system.
ScaleIOPersistentVolumeSource = ScaleIOVolumeSource
StorageOSVolumeSource
readOnly: Whether the volume is read-only.
volumeName: Name of the volume in its namespace.
volumeNamespace: Namespace of the volume in StorageOS. Default: that of the pod.
StorageOSPersistentVolumeSource = StorageOSVolumeSource
ExternalDocumentation
description: What the documentation is about.
url: Where the documentation is.
JSONSchemaProps
$ref: Not allowed; a schema contains what it needs.
$schema: Dialect of JSON schema that the schema is written in.
additionalItems: Not allowed beside false.
additionalProperties: Schema of the values of properties with other names; not together with properties.
allOf: Schemas that must all hold.
anyOf: Schemas of which one must hold.
default: Value that the server sets if there is none.
definitions: Not allowed; a schema contains what it needs.
dependencies: Not allowed.
description: What kubectl explain prints for the field.
enum: The only values that are allowed.
example: An example of a value.
exclusiveMaximum: Whether the value must be less than maximum.
exclusiveMinimum: Whether the value must be more than minimum.
externalDocs: Documentation elsewhere.
format: Form of the value, such as date-time, int64 or ipv4. Unknown forms are ignored.
id: Not allowed.
items: Schema of the elements of an array.
maxItems: The most elements that an array can have.
maxLength: The most characters that a string can have.
maxProperties: The most properties that an object can have.
maximum: The largest number.
minItems: The fewest elements that an array can have.
minLength: The fewest characters that a string can have.
minProperties: The fewest properties that an object can have.
minimum: The smallest number.
multipleOf: Number that the value must be a multiple of.
not: Schema that must not hold.
nullable: Whether null is a value; otherwise null is dropped where there is a default. Default: false.
oneOf: Schemas of which exactly one must hold.
pattern: Regular expression that must match somewhere in a string.
patternProperties: Not allowed; use additionalProperties.
properties: Schemas of properties by name.
required: Names of the properties that must be there.
title: Short name for the field.
type: array, boolean, integer, number, object or string.
uniqueItems: Not allowed to be true; use x-kubernetes-list-type set.
x-kubernetes-embedded-resource: Whether the object is a whole object of Kubernetes, with apiVersion, kind and
  metadata.
x-kubernetes-int-or-string: Whether the value is an integer or a string.
x-kubernetes-list-map-keys: Fields that together identify an element of a list of the type map.
x-kubernetes-list-type: atomic, set or map: how two writers of a list are merged. Default: atomic.
x-kubernetes-map-type: granular or atomic: how two writers of an object are merged. Default: granular.
x-kubernetes-preserve-unknown-fields: Whether fields without a schema are kept instead of dropped.
x-kubernetes-validations: Rules in CEL that the value must satisfy.
APIGroup
name: Name of the group.
preferredVersion: Version that clients should use.
serverAddressByClientCIDRs: Address of the server by the network of the client.
versions: Versions that are served.
APIGroupList
groups: The served groups.
APIResource
categories: Names such as all by which kubectl finds the resource, too.
group: Group of the objects, if it is another than that of the list.
name: Name of the resource in the plural.
namespaced: Whether its objects are in namespaces.
shortNames: Abbreviations such as po.
singularName: Name of the resource in the singular.
storageVersionHash: Hash of the version in which the objects are stored, to compare only.
verbs: Verbs that the resource supports.
version: Version of the objects, if it is another than that of the list.
APIResourceList
groupVersion: Group and version of the resources.
resources: The resources, and their subresources.
APIVersions
serverAddressByClientCIDRs: Address of the server by the network of the client.
versions: Versions of the core group that are served.
GroupVersionForDiscovery
groupVersion: Group and version, such as apps/v1.
version: The version alone, such as v1.
ServerAddressByClientCIDR
clientCIDR: Network that the client is in.
serverAddress: Host of the server for that client, with a port if needed.
Info
buildDate: When the server was built.
compiler: Compiler that built the server.
emulationMajor: Major version whose behaviour the server has.
emulationMinor: Minor version whose behaviour the server has.
gitCommit: Commit from which the server was built.
gitTreeState: clean, or dirty if something was changed.
gitVersion: Version of the server, such as v1.35.0.
goVersion: Version of Go that built the server.
major: Major version.
minCompatibilityMajor: Major version of the oldest release that the server can work beside.
minCompatibilityMinor: Minor version of the oldest release that the server can work beside.
minor: Minor version.
platform: Operating system and architecture.
`
