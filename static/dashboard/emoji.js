// The emoji an agent is likely to need: faces, hands, and things of a shop.
const ROW = "😀😄😊🙂😉😍🤗🤔😅😂😢😮🙏👍👎👏👌💪🤝👋🎉❤️🔥⭐✅❌⏰📦🚚🛒💳🎁📞📧📍💡"

export const EMOJI = ROW.match(/\p{Extended_Pictographic}\ufe0f?/gu)
