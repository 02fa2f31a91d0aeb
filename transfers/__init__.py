"""The app: live calls, their transfers, and the proof of what became of them."""
