"""What every chart is drawn with: colours and fonts, axes, and the words next to marks."""
