namespace Fovea.Data.Tests;

/// <summary>Composition against examples of the Unicode standard (chapter 3.11, UAX 15).</summary>
public sealed class ComposedNameTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("A\u030A", "\u00C5")] // Å
    [InlineData("e\u0323\u0302", "\u1EC7")] // ệ, two marks in canonical order
    [InlineData("\u0438\u0306", "\u0439")] // й
    [InlineData("\u304B\u3099", "\u304C")] // が
    [InlineData("\u1112\u1161\u11AB\u1100\u116E\u11A8", "\uD55C\uAD6D")] // 한국
    [InlineData("q\u0301", "q\u0301")] // there is no such character
    [InlineData("\u00C5", "\u00C5")]
    public void Of_LettersAndMarks_AreOneCharacter(string name, string expected) =>
        Assert.Equal(expected, ComposedName.Of(name));
}
