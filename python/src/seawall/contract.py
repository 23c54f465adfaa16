"""The shapes of the service's requests and answers.

Made by tools/openapi_types from docs/openapi.yaml. Change that, then run it again.
"""
from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

StreamName = str
ClipTier = Literal['single-frame', 'two-aligned', 'three-aligned']
Time = str
Hex256 = str
RequestId = str
EntryName = str
ReleaseId = int
ChangeRequestId = int
KeyId = str
BankName = str
BankNames = List[BankName]
Account = str
Role = Literal['viewer', 'reviewer', 'list_manager', 'administrator', 'overseer']
Why = str
OrderReference = str
Next = Optional[str]
ItemId = str
Place = str
MediaBytes = str
Url = str
WebhookUrl = str
Radius = int
Profile = Literal['none', 'default', 'thorough']
OnError = Literal['fail_closed', 'fail_open']
Mode = Literal['sync', 'async']
IncludeSilent = bool
WantTimings = bool
Verdict = Literal['block', 'review', 'allow']
SignalType = Literal['pdq', 'md5', 'sha1', 'sha256']
ReviewItemName = str
ReviewSeverity = Literal['high', 'medium', 'low']
ReviewGradeWord = Literal['confirmed', 'not-a-match', 'unsure']
ReportName = str
Code = Literal['invalid_input', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'limit_exceeded',
    'unsupported', 'decoder_crashed', 'rate_limited', 'corrupt', 'unavailable']
PdqText = str
Quality = int
MetBy = Literal['pdq', 'md5', 'sha1', 'sha256', 'video', 'tmk']
Tags = List[str]
Scope = Literal['match', 'feedback', 'entries:read', 'banks:read', 'lists:write', 'observations:read',
    'status', 'metrics', 'streams:read', 'streams:write']
Networks = List[str]
StreamLabels = Dict[str, str]


class By(TypedDict):
    who: Account
    why: Why
    when: Time


class Classification(TypedDict):
    """A body's decision under its own scheme; docs/classifications.md."""
    scheme: Literal['ncmec', 'uk', 'interpol', 'iccam', 'gifct', 'other']
    value: str


class ReviewItemCluster(TypedDict):
    """Near-duplicates that met the same entry."""
    cluster: ReviewItemName
    open: int
    distance: int


class ReviewItemStillsItem(TypedDict):
    still: int
    width: int
    height: int
    frame: int
    at_ms: int


class ReviewItemLease1(TypedDict):
    mine: bool
    until: str


class ReviewItemDecision1(TypedDict):
    grade: Optional[ReviewGradeWord]
    classification: Optional[Classification]
    how: Literal['person', 'known', 'agreed', 'third', 'expired', None]
    at: Optional[str]


class ReviewItemMatchesItem(TypedDict):
    entry: EntryName
    bank: str
    source: str
    signal: MetBy
    distance: int
    radius: int
    variant: str
    frame: int
    classification: Optional[Classification]
    series: str


class ReviewItemSignals(TypedDict):
    md5: str
    sha1: str
    sha256: str
    pdq: Optional[str]


class _ReviewItemMedia(TypedDict):
    type: str
    size: int
    width: int
    height: int


class ReviewItemMedia(_ReviewItemMedia, total=False):
    length_ms: int


class ReviewItem(TypedDict):
    item: ReviewItemName
    state: Literal['open', 'waiting', 'decided']
    severity: ReviewSeverity
    kind: Literal['picture', 'video']
    entry: EntryName
    bank: str
    seen: int
    first_seen: str
    last_seen: str
    cluster: ReviewItemCluster
    stills: List[ReviewItemStillsItem]
    stills_erased: bool
    lease: Optional[ReviewItemLease1]
    decision: Optional[ReviewItemDecision1]
    undo_until: Optional[str]
    matches: List[ReviewItemMatchesItem]
    signals: ReviewItemSignals
    media: ReviewItemMedia


class _ReviewGrading(TypedDict):
    grade: ReviewGradeWord


class ReviewGrading(_ReviewGrading, total=False):
    classification: Classification
    why: str
    scope: Literal['cluster', 'item']
    second_opinion: bool
    quarantine: bool


class ReviewGraded(TypedDict):
    item: ReviewItem
    items: List[ReviewItemName]
    undo_until: Optional[str]


class _ReviewViewing(TypedDict):
    still: int
    rendered: bool


class ReviewViewing(_ReviewViewing, total=False):
    shown_ms: int
    revealed_ms: int


class ExposureLimits(TypedDict):
    """In any 24 hours, or in any hour."""
    stills: int
    stills_high: int
    stills_hour: int
    reveal_s: int
    reveal_high_s: int
    reveal_hour_s: int


class ExposureLimitsAsk(TypedDict, total=False):
    stills: int
    stills_high: int
    stills_hour: int
    reveal_s: int
    reveal_high_s: int
    reveal_hour_s: int


class _ReviewSettingsAsk(TypedDict):
    why: Why


class ReviewSettingsAsk(_ReviewSettingsAsk, total=False):
    stills: int
    stills_high: int
    stills_hour: int
    reveal_s: int
    reveal_high_s: int
    reveal_hour_s: int


class ExposureUse(TypedDict):
    stills: int
    stills_high: int
    stills_hour: int
    reveal_ms: int
    reveal_high_ms: int
    reveal_hour_ms: int


class MyReviewLast7Days(TypedDict):
    graded: int
    confirmed: int
    not_a_match: int
    unsure: int
    undone: int


class MyReviewSamples(TypedDict):
    """Of your decisions that another person was shown, blind."""
    agreed: int
    differed: int


class MyReview(TypedDict):
    limits: ExposureLimits
    own_limits: ExposureLimits
    used: ExposureUse
    high_from: Optional[str]
    low_from: Optional[str]
    leases: int
    last_7_days: MyReviewLast7Days
    samples: MyReviewSamples


class ReviewSettings(TypedDict):
    floor: ExposureLimits
    limits: ExposureLimits
    keep_days: int
    undo_s: int
    sample_permille: int


class ReviewTotalsBySeverityItem(TypedDict):
    severity: ReviewSeverity
    open: int
    waiting: int
    decided_7d: int
    oldest: Optional[str]


class ReviewTotalsWork1(TypedDict):
    people: int
    graded_7d: int
    undone_7d: int
    stills_7d: int
    reveal_s_7d: int
    samples_agreed: int
    samples_differed: int


class ReviewTotals(TypedDict):
    by_severity: List[ReviewTotalsBySeverityItem]
    stills_bytes: int
    not_kept: int
    work: Optional[ReviewTotalsWork1]


class PublicReport(TypedDict):
    report: ReportName
    state: Literal['received', 'looked-at', 'passed-on', 'not-illegal', 'not-found', 'not-ours']
    category: Literal['child', 'pressure', 'intimate', 'violence', 'other']
    language: Literal['en', 'de']
    count: int
    first: str
    last: str
    claimed_by: Optional[str]
    claimed_until: Optional[str]
    decided_by: Optional[str]
    decided: Optional[str]
    erase_after: str


class WholeReportNotesItem(TypedDict):
    by: str
    at: str
    text: str


class WholeReport(TypedDict):
    report: ReportName
    state: Literal['received', 'looked-at', 'passed-on', 'not-illegal', 'not-found', 'not-ours']
    category: Literal['child', 'pressure', 'intimate', 'violence', 'other']
    language: Literal['en', 'de']
    count: int
    first: str
    last: str
    claimed_by: Optional[str]
    claimed_until: Optional[str]
    decided_by: Optional[str]
    decided: Optional[str]
    erase_after: str
    url: str
    texts: List[str]
    notes: List[WholeReportNotesItem]


class ReportDecision(TypedDict):
    outcome: Literal['passed-on', 'not-illegal', 'not-found', 'not-ours']


class ReportNote(TypedDict):
    text: str


class ListVersion(TypedDict):
    """Where the lists stood. Who holds the same chain has seen the same changes."""
    number: int
    chain: Hex256


class ItemError(TypedDict):
    code: Code
    message: str


class ProblemErrorsItem(TypedDict):
    at: str
    detail: str


class _Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    code: Code
    request_id: RequestId


class Problem(_Problem, total=False):
    """RFC 9457."""
    errors: List[ProblemErrorsItem]


class Signals(TypedDict, total=False):
    """The signals of one piece of media, as a row of docs/formats/signals.md. PDQ hashes are looked up by
    distance, unless their quality is stated and under 50; digests when equal."""
    pdq: Union[PdqText, List[PdqText]]
    quality: Union[Quality, List[Optional[Quality]]]
    md5: str
    sha1: str
    sha256: str


class MatchSignals(TypedDict, total=False):
    """The signals of one piece of media, as a row of docs/formats/signals.md. PDQ hashes are looked up by
    distance, unless their quality is stated and under 50; digests when equal. `tmk` is of a whole video
    and is compared with listed ones by both of TMK+PDQF's levels; it is not observed."""
    pdq: Union[PdqText, List[PdqText]]
    quality: Union[Quality, List[Optional[Quality]]]
    md5: str
    sha1: str
    sha256: str
    tmk: str


class MatchItem(TypedDict, total=False):
    id: ItemId
    place: Place
    signals: MatchSignals
    url: Url


class MatchRequest(TypedDict, total=False):
    id: ItemId
    place: Place
    signals: MatchSignals
    url: Url
    items: List[MatchItem]
    banks: BankNames
    radius: Radius
    profile: Profile
    on_error: OnError
    mode: Mode
    webhook: WebhookUrl
    include_silent: IncludeSilent
    timings: WantTimings


class MatchForm(TypedDict, total=False):
    """One `file` is answered alone; `items` are a batch, and a part's file name is its `id`."""
    file: MediaBytes
    items: List[MediaBytes]


class _Match(TypedDict):
    match: str
    entry: EntryName
    bank: BankName
    source: str
    signal: MetBy
    distance: int
    radius: int
    standing: Literal['enforced', 'overruled', 'staged', 'quarantined', 'expired', 'bank_off']
    action: Verdict
    list_version: int


class Match(_Match, total=False):
    """One entry that the media meets, by its nearest signal."""
    variant: str
    frame: int
    quality: Optional[int]
    classification: Optional[Classification]
    series: str
    parts: List[ClipPart]


class ClipPart(TypedDict):
    """A part of a video that shows a part of a listed one. Times from each one's start."""
    tier: Literal['single-frame', 'two-aligned', 'three-aligned']
    begin_ms: int
    end_ms: int
    listed_begin_ms: int
    listed_end_ms: int
    speed: float
    frames: int
    distance: int
    variant: str


class _MediaInfo(TypedDict):
    type: str
    truncated: bool
    decoded: bool
    size_bytes: int


class MediaInfo(_MediaInfo, total=False):
    """What was fetched and decoded. Missing in hash-only mode."""
    width: int
    height: int
    frames: int
    frames_decoded: int
    length_ms: int
    looked_at: Literal['keyframes', 'interval', 'closely']
    pdq_quality: int
    redirects: int


class Timings(TypedDict, total=False):
    """Microseconds."""
    total_us: int
    queue_us: int
    fetch_us: int
    decode_us: int
    hash_us: int
    observe_us: int
    search_us: int


class _ItemAnswerFailed(TypedDict):
    error: ItemError


class ItemAnswerFailed(_ItemAnswerFailed, total=False):
    """A part of the work failed; `mode` is the request's `on_error`, if it had one. A verdict with no
    match is never grounds for a report."""
    mode: OnError


class _ItemAnswer(TypedDict):
    verdict: Verdict
    matches: List[Match]
    reasons: List[str]
    observed: bool


class ItemAnswer(_ItemAnswer, total=False):
    id: ItemId
    media: MediaInfo
    failed: ItemAnswerFailed


class _MatchAnswerFailed(TypedDict):
    error: ItemError


class MatchAnswerFailed(_MatchAnswerFailed, total=False):
    """A part of the work failed; `mode` is the request's `on_error`, if it had one. A verdict with no
    match is never grounds for a report."""
    mode: OnError


class _MatchAnswer(TypedDict):
    verdict: Verdict
    matches: List[Match]
    reasons: List[str]
    observed: bool
    request_id: RequestId
    list_version: ListVersion


class MatchAnswer(_MatchAnswer, total=False):
    id: ItemId
    media: MediaInfo
    failed: MatchAnswerFailed
    timings: Timings


class _BatchAnswerAnswersItem1(TypedDict):
    error: ItemError


class BatchAnswerAnswersItem1(_BatchAnswerAnswersItem1, total=False):
    id: ItemId


class _BatchAnswer(TypedDict):
    request_id: RequestId
    list_version: ListVersion
    answers: List[Union[ItemAnswer, BatchAnswerAnswersItem1]]


class BatchAnswer(_BatchAnswer, total=False):
    """`verdict` is the strongest of the items: block, then review, then allow. It is missing where an
    item has none and no other says block or review: what could not be looked up must not read as
    harmless. An item without a verdict never hides one that says block or review."""
    verdict: Verdict
    timings: Timings


class _MatchJobWebhook(TypedDict):
    state: Literal['waiting', 'delivered', 'held']
    attempts: int


class MatchJobWebhook(_MatchJobWebhook, total=False):
    next: Time
    last_status: Optional[int]


class _MatchJob(TypedDict):
    request_id: RequestId
    state: Literal['pending', 'done', 'failed']
    asked: Time


class MatchJob(_MatchJob, total=False):
    done: Time
    answer: Union[MatchAnswer, BatchAnswer]
    problem: Problem
    webhook: MatchJobWebhook


class MatchDone(TypedDict):
    """The body of the webhook."""
    type: Literal['match.done']
    time: Time
    job: MatchJob


class MediaHashesFrameHashesItem(TypedDict):
    index: int
    time_ms: int
    pdq: Hex256
    pdq_quality: Quality


class _MediaHashes(TypedDict):
    type: str
    width: Optional[int]
    height: Optional[int]
    pdq: Optional[str]
    pdq_quality: Optional[int]
    md5: str
    sha1: str
    sha256: str
    size_bytes: int
    frames: int
    truncated: bool


class MediaHashes(_MediaHashes, total=False):
    """As `seawall hash --json`, without `path`."""
    note: str
    frame_hashes: List[MediaHashesFrameHashesItem]
    dihedral: Dict[str, Hex256]


class CompareSide(TypedDict, total=False):
    """A PDQ hash, or a URL to fetch."""
    pdq: PdqText
    url: Url


class _CompareRequest(TypedDict):
    a: CompareSide
    b: CompareSide


class CompareRequest(_CompareRequest, total=False):
    radius: Radius
    profile: Profile


class ExplanationSide(TypedDict):
    pdq: Optional[str]
    pdq_quality: Optional[int]
    variant: str
    frame: int


class Explanation(TypedDict):
    """As `seawall explain --json`."""
    match: bool
    same_bytes: bool
    radius: int
    distance: Optional[int]
    plain_distance: int
    a: ExplanationSide
    b: ExplanationSide
    words: str


class _Bank(TypedDict):
    bank: BankName
    kind: Literal['listed', 'harmless']
    purpose: str
    owner: str
    action: Verdict
    radius: int
    two_person: bool
    active: bool
    version: int


class Bank(_Bank, total=False):
    id: int
    expires: Time
    entries: Dict[str, int]


class _NewBank(TypedDict):
    bank: BankName
    purpose: str
    owner: str
    why: Why


class NewBank(_NewBank, total=False):
    kind: Literal['listed', 'harmless']
    action: Verdict
    radius: int
    two_person: bool
    expires: Time


class _BankSettings(TypedDict):
    version: int
    why: Why


class BankSettings(_BankSettings, total=False):
    bank: BankName
    purpose: str
    owner: str
    action: Verdict
    radius: int
    two_person: bool
    active: bool
    expires: Optional[Time]


class _NewEntry(TypedDict):
    signals: Signals
    why: Why


class NewEntry(_NewEntry, total=False):
    key: str
    classification: Classification
    series: str
    tags: Tags
    media_type: str
    size_bytes: int


class _EntrySignalsPdqItem(TypedDict):
    pdq: Hex256


class EntrySignalsPdqItem(_EntrySignalsPdqItem, total=False):
    quality: Quality


class EntrySignals(TypedDict, total=False):
    pdq: List[EntrySignalsPdqItem]
    md5: str
    sha1: str
    sha256: str
    carried: List[str]


class _Entry(TypedDict):
    entry: EntryName
    bank: BankName
    source: str
    key: str
    state: Literal['proposed', 'staged', 'active', 'quarantined', 'withdrawn']
    signals: EntrySignals
    version: int


class Entry(_Entry, total=False):
    state_reason: str
    classification: Classification
    series: str
    tags: Tags
    radius: int
    action: Verdict
    review: Time
    expires: Time


class _EntrySettings(TypedDict):
    why: Why


class EntrySettings(_EntrySettings, total=False):
    radius: Optional[int]
    action: Optional[Verdict]
    expires: Optional[Time]
    review: Optional[Time]
    tags: Tags


EntryChangeChangedValue = TypedDict("EntryChangeChangedValue", {"from": Any, "to": Any}, total=False)


class _EntryChange(TypedDict):
    version: int
    what: str
    by: By
    changed: Dict[str, EntryChangeChangedValue]


class EntryChange(_EntryChange, total=False):
    previous: Optional[Entry]


class _Feedback(TypedDict):
    match: str
    verdict: Literal['confirmed', 'false-match']
    why: Why


class Feedback(_Feedback, total=False):
    signal: SignalType
    reason: str
    send_back: bool


class _Finding(TypedDict):
    entry: EntryName
    match: str
    verdict: Literal['confirmed', 'false-match']
    signal: Literal['pdq', 'md5', 'sha1', 'sha256', '']
    by: By
    source: str
    waits: bool


class Finding(_Finding, total=False):
    reason: str


class ReleaseCounts(TypedDict):
    added: int
    updated: int
    withdrawn: int
    unchanged: int
    quarantined: int
    refused: int


class _Release(TypedDict):
    release: ReleaseId
    bank: BankName
    source: str
    state: Literal['loading', 'proposed', 'staged', 'active', 'rejected']
    proposed: By
    approvals: List[By]
    approvals_needed: int
    approvals_missing: int
    counts: ReleaseCounts
    version: int


class Release(_Release, total=False):
    silent_matches: int
    entries: List[EntryName]
    digest: Hex256


class _ChangeOutcome(TypedDict):
    done: bool
    approvals_missing: int


class ChangeOutcome(_ChangeOutcome, total=False):
    request: ChangeRequestId
    version: int


RequestChangesItem = TypedDict("RequestChangesItem", {"what": str, "from": str, "to": str}, total=False)


class _Request(TypedDict):
    request: ChangeRequestId
    bank: BankName
    about: str
    changes: List[RequestChangesItem]
    state: Literal['open', 'done', 'dropped']
    proposed: By
    approvals: List[By]


class Request(_Request, total=False):
    stale: bool
    approvals_missing: int
    closed: By


class Sighting(TypedDict):
    entry: EntryName
    bank: BankName
    source: str
    state: Literal['proposed', 'staged', 'active', 'quarantined', 'withdrawn']
    list_version: int
    signal: SignalType
    distance: int
    radius: int
    place: Place
    time: Time


class LogTrust(TypedDict):
    origin: str
    log_keys: List[str]
    witness_keys: List[str]
    quorum: int


class OrderClocks(TypedDict):
    order: OrderReference
    state: Literal['applied', 'reviewed', 'refused', 'waiting', 'in-force', 'expired', 'cancelled', 'void']
    urgent: bool
    actions: List[str]
    not_before: Time
    not_after: Time
    ends: Optional[Time]
    records_max: int
    used: int
    leaf: Optional[int]
    received: Optional[Time]
    confirm_by: Optional[Time]
    opening_due: Optional[Time]
    opened: bool


class RegisteredError(TypedDict):
    number: int
    kind: Literal['reportable', 'recordable']
    serious: bool
    what: str
    concerns: str
    discovered: Time
    due: Optional[Time]
    reported: Optional[Time]
    told: Optional[Time]
    untold_why: str
    overdue: bool


class Recommendation(TypedDict):
    number: int
    grade: Literal['red', 'amber', 'green']
    what: str
    to: str
    by: Time
    state: Literal['open', 'answered', 'done', 'not-accepted']
    answer: str
    overdue: bool


class OversightRegister(TypedDict):
    errors: List[RegisteredError]
    recommendations: List[Recommendation]


class Rate(TypedDict):
    """So many items in so many seconds."""
    items: int
    per_s: int


class _NewKey(TypedDict):
    name: Account
    scopes: List[Scope]
    expires: Time
    why: Why


class NewKey(_NewKey, total=False):
    banks: BankNames
    networks: Networks
    rate: Rate
    certificate_sha256: Hex256


class _Key(TypedDict):
    key: KeyId
    name: Account
    scopes: List[Scope]
    state: Literal['active', 'rotating', 'expired', 'revoked']
    expires: Time
    rate: Optional[Rate]
    created: By


class Key(_Key, total=False):
    banks: List[BankName]
    networks: Networks
    old_secret_until: Time
    certificate_sha256: Hex256
    revoked: By
    last_used: Optional[str]


class _NewStreamCutOff(TypedDict):
    webhook: WebhookUrl


class NewStreamCutOff(_NewStreamCutOff, total=False):
    """Who is told of matches, so that the stream can be ended. With a key only, whose secret signs."""
    tier: ClipTier
    action: Literal['block', 'review']


class _NewStream(TypedDict):
    name: StreamName
    url: str


class NewStream(_NewStream, total=False):
    banks: BankNames
    labels: StreamLabels
    cut_off: NewStreamCutOff


class StreamCutOff(TypedDict):
    tier: ClipTier
    action: Literal['block', 'review']


class StreamPieces(TypedDict):
    """Segments, or key pictures. Since the service was started."""
    came: int
    left_out: int
    not_decodable: int
    lost: int


class _Stream(TypedDict):
    name: StreamName
    stream_id: str
    protocol: str
    labels: StreamLabels
    by_hook: bool
    attached: Time
    attached_by: Account
    phase: Literal['waiting', 'live', 'stalled', 'failing', 'over']
    pieces: StreamPieces
    pictures: int
    restarts: int
    lag_ms: int
    alerts: int


class Stream(_Stream, total=False):
    banks: List[BankName]
    cut_off: StreamCutOff
    trouble: str
    codec: str
    width: int
    height: int
    last_picture: Time
    last_alert: Time


class StreamLoad(TypedDict):
    """Of the service that was asked."""
    spacing_s: int
    busy: float
    streams_max: int
    admits: bool


class StreamAlertLastShown(TypedDict):
    """Only of an alert that was made when its entry was staged or came into force, after the match: when
    the stream was last seen to show the video. `at` is when the alert was made, `evidence` is of the
    match."""
    pass


class _StreamAlert(TypedDict):
    alert: str
    stream: StreamName
    stream_id: str
    at: Time
    bank: BankName
    entry: EntryName
    action: Verdict
    silent: bool
    tier: ClipTier
    is_rise: bool
    evidence: Dict[str, Any]


class StreamAlert(_StreamAlert, total=False):
    labels: StreamLabels
    last_shown: StreamAlertLastShown


class StreamMatched(TypedDict):
    """The body of the webhook."""
    type: Literal['stream.match']
    timestamp: Time
    data: StreamAlert


class MediaServerCall(TypedDict, total=False):
    """nginx-rtmp: `call` (publish, publish_done), `app`, `name`. SRS: `action` (on_publish,
    on_unpublish), `app`, `stream`. MediaMTX: `action` (ready or publish, notReady), `path`. Whatever else
    they send is not read."""
    call: str
    action: str
    app: str
    name: str
    stream: str
    path: str


class Session(TypedDict):
    account: Account
    tenant: str
    roles: List[Role]
    csrf_token: str
    expires: Time


class AccountShown(TypedDict):
    account: Account
    active: bool
    second_factor: bool
    recovery_codes: int
    roles: List[Role]
    elsewhere: bool
    created: By


Figures = TypedDict("Figures", {"figure": str, "step": Literal['minute', 'hour'], "kind": Literal['count', 'state'], "from": Time, "until": Time, "columns": List[str], "rows": List[List[Union[str, int]]]}, total=False)


class StatusQueue(TypedDict):
    depth: int
    capacity: int


class StatusDecoders(TypedDict):
    running: int
    crashes: int


class StatusVideosDecoders(TypedDict):
    running: int
    crashes: int


class _StatusVideos(TypedDict):
    looked_into: bool
    entries: int
    hashes: int
    tmk: int
    unusable: int
    templates: int
    templates_left_out: int
    list_version: int


class StatusVideos(_StatusVideos, total=False):
    """Listed videos, and whether videos are looked into."""
    decoders: StatusVideosDecoders


class _Status(TypedDict):
    version: str
    ready: bool
    list_version: ListVersion
    list_age_ms: int
    index: Dict[str, int]
    queue: StatusQueue
    decoders: StatusDecoders


class Status(_Status, total=False):
    videos: StatusVideos



__all__ = ["Account", "AccountShown", "Bank", "BankName", "BankNames", "BankSettings", "BatchAnswer", "By",
    "ChangeOutcome", "ChangeRequestId", "Classification", "ClipPart", "ClipTier", "Code", "CompareRequest",
    "CompareSide", "Entry", "EntryChange", "EntryName", "EntrySettings", "Explanation", "ExplanationSide",
    "ExposureLimits", "ExposureLimitsAsk", "ExposureUse", "Feedback", "Figures", "Finding", "Hex256",
    "IncludeSilent", "ItemAnswer", "ItemError", "ItemId", "Key", "KeyId", "ListVersion", "LogTrust", "Match",
    "MatchAnswer", "MatchDone", "MatchForm", "MatchItem", "MatchJob", "MatchRequest", "MatchSignals",
    "MediaBytes", "MediaHashes", "MediaInfo", "MediaServerCall", "MetBy", "Mode", "MyReview", "Networks",
    "NewBank", "NewEntry", "NewKey", "NewStream", "Next", "OnError", "OrderClocks", "OrderReference",
    "OversightRegister", "PdqText", "Place", "Problem", "Profile", "PublicReport", "Quality", "Radius",
    "Rate", "Recommendation", "RegisteredError", "Release", "ReleaseId", "ReportDecision", "ReportName",
    "ReportNote", "Request", "RequestId", "ReviewGradeWord", "ReviewGraded", "ReviewGrading", "ReviewItem",
    "ReviewItemName", "ReviewSettings", "ReviewSettingsAsk", "ReviewSeverity", "ReviewTotals",
    "ReviewViewing", "Role", "Scope", "Session", "Sighting", "SignalType", "Signals", "Status", "Stream",
    "StreamAlert", "StreamLabels", "StreamLoad", "StreamMatched", "StreamName", "Tags", "Time", "Timings",
    "Url", "Verdict", "WantTimings", "WebhookUrl", "WholeReport", "Why"]
