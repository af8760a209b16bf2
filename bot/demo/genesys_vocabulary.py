"""The words the analytics API knows: everything outside these lists is refused by name."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, for lists too long to quote one by one."""
    return frozenset(text.split())


DIMENSIONS = words(
    """
    activeRouting activeSkillId addressFrom addressTo agentAssistantId agentBullseyeRing agentOwned agentRank
    agentScore ani assignerId authenticated canonicalExternalContactId conversationId conversationInitiator
    convertedFrom convertedTo customerParticipation deliveryStatus destinationAddress direction disconnectType
    divisionId dnis edgeId eligibleAgentCount errorCode extendedDeliveryStatus externalContactId
    externalMediaCount externalOrganizationId externalTag firstQueue flaggedReason flowInType flowOutType
    groupId interactionType journeyActionId journeyActionMapId journeyActionMapVersion journeyCustomerId
    journeyCustomerIdType journeyCustomerSessionId journeyCustomerSessionIdType knowledgeBaseId mediaCount
    mediaType messageType originatingDirection originatingSocialMediaPublic outboundCampaignId outboundContactId
    outboundContactListId participantName peerId proposedAgentId provider purpose queueId remote removedSkillId
    requestedLanguageId requestedRouting requestedRoutingSkillId roomId routingPriority routingRing routingRule
    routingRuleType scoredAgentId selectedAgentId selectedAgentRank selfServed sessionDnis sessionId
    skillExpressionId stationId teamId usedRouting userId videoPresent waitingInteractionCount wrapUpCode
    """
)

METRICS = words(
    """
    nAgentDeclined nAlertExpired nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla
    nCallbackScheduled nCfcOffered nCobrowseSessions nConnected nConsult nConsultTransferred nConversations
    nError nOffered nOutbound nOutboundAbandoned nOutboundAttempted nOutboundConnected nOverSla
    nStateTransitionError nTakeover nTransferred oAudioMessageCount oCallbackServiceLevel
    oExternalAudioMessageCount oExternalMediaCount oMediaCount oMessageCount oMessageSegmentCount oMessageTurn
    oServiceLevel oServiceTarget oSkillExpressionApplications tAbandon tAcd tActiveCallback
    tActiveCallbackComplete tAcw tAgentResponseTime tAgentVideoConnected tAlert tAnswered
    tAverageAgentResponseTime tAverageCustomerResponseTime tBarging tCallbackAbandon tCallbackConnect
    tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered tCfcFlowOut tCoaching
    tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial tFirstEngagement tFirstResponse
    tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete tNotResponding tPark tParkComplete
    tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime
    tVoicemail tWait
    """
)

OBSERVATION_METRICS = words(
    """
    oActiveUsers oAlerting oInteracting oLongestInteracting oLongestWaiting oMemberUsers oOffQueueUsers oOnQueueUsers
    oUserPresences oUserRoutingStatuses oWaiting
    """
)

SETTINGS_KEY = {"voice": "call"}
"""Where a queue's settings call a medium otherwise than analytics does."""

TIMERS = frozenset(metric for metric in METRICS if metric.startswith("t"))
"""Metrics with durations; only these can be the target of a view."""
