namespace Fovea.Data.Tests;

/// <summary>Checks of refusals.</summary>
internal static class Refused
{
    /// <summary>Runs an action that must be refused with a text that has all the given parts.</summary>
    public static void With(Action action, params string[] parts)
    {
        DataFormatException e = Assert.Throws<DataFormatException>(action);
        foreach (string part in parts)
        {
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Runs an action on hostile bytes: it may succeed or be refused, but nothing else may come out. Returns
    /// whether it succeeded.</summary>
    public static bool OrFine(Action action, string what)
    {
        try
        {
            action();
            return true;
        }
        catch (DataFormatException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message), what);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {e.GetType().Name} came out: {e}");
            return false;
        }
    }

    /// <summary>The given bytes with one byte changed in one bit or to an extreme, a few variants for each
    /// position.</summary>
    public static IEnumerable<(byte[] Bytes, string What)> Flips(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte mask in (byte[])[0x01, 0x10, 0x80, 0xFF])
            {
                byte[] changed = [.. bytes];
                changed[at] ^= mask;
                yield return (changed, $"byte {at} xor 0x{mask:x2}");
            }
        }
    }
}
