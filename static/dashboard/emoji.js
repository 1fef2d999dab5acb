// The emoji an agent is likely to need: faces, hands, and things of a shop.
export const EMOJI = [..."😀😄😊🙂😉😍🤗🤔😅😂😢😮🙏👍👎👏👌💪🤝👋🎉❤️🔥⭐✅❌⏰📦🚚🛒💳🎁📞📧📍💡".matchAll(
  /\p{Extended_Pictographic}\ufe0f?/gu)].map(([one]) => one)
