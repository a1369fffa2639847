using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Fovea.Peers.Torch;

/// <summary>TorchSharp's native library, made fit for this system.</summary>
/// <remarks>
/// It asks for libstdc++ of GCC 13 (GLIBCXX_3.4.32), of which it names one symbol and calls none: the symbol's only purpose
/// is to make the loader refuse an older libstdc++. Where the system has an older one (Debian 12), symbol and version are
/// made weak in the copy beside the program, never in the package. Format: System V ABI, Linux Standard Base 5, chapter
/// Symbol Versioning.
/// </remarks>
internal static class TorchLibrary
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const uint DynamicSymbols = 11,
        VersionNeeds = 0x6ffffffe;
    private const byte Weak = 2;

    /// <summary>Makes the library load.</summary>
    /// <exception cref="DllNotFoundException">It does not, whatever was tried.</exception>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string path = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libLibTorchSharp.so");
        if (NativeLibrary.TryLoad(path, out _))
        {
            return;
        }

        byte[] library = File.ReadAllBytes(path);
        Weaken(library);
        // A new file: the old one may be mapped.
        File.WriteAllBytes($"{path}.part", library);
        File.Move($"{path}.part", path, overwrite: true);
        NativeLibrary.Load(path);
    }

    /// <summary>Makes the version and its symbol weak.</summary>
    private static void Weaken(byte[] elf)
    {
        int first = (int)Long(elf, 0x28),
            size = Short(elf, 0x3a),
            count = Short(elf, 0x3c);
        for (int i = 0; i < count; i++)
        {
            int section = first + (i * size);
            int at = (int)Long(elf, section + 24),
                length = (int)Long(elf, section + 32),
                names = (int)Long(elf, first + ((int)Int(elf, section + 40) * size) + 24);
            switch (Int(elf, section + 4))
            {
                case DynamicSymbols:
                    WeakenSymbol(elf, at, length, names);
                    break;
                case VersionNeeds:
                    WeakenVersion(elf, at, names);
                    break;
            }
        }
    }

    private static void WeakenSymbol(byte[] elf, int at, int length, int names)
    {
        for (int symbol = at; symbol < at + length; symbol += 24)
        {
            if (Text(elf, names + (int)Int(elf, symbol)) == Symbol)
            {
                elf[symbol + 4] = (byte)((Weak << 4) | (elf[symbol + 4] & 0xf));
            }
        }
    }

    private static void WeakenVersion(byte[] elf, int at, int names)
    {
        for (int need = at, step = 1; step != 0; need += step)
        {
            step = (int)Int(elf, need + 12);
            for (int entry = need + (int)Int(elf, need + 8), next = 1; next != 0; entry += next)
            {
                next = (int)Int(elf, entry + 12);
                if (Text(elf, names + (int)Int(elf, entry + 8)) == Version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(entry + 4), Weak);
                }
            }
        }
    }

    private static string Text(byte[] elf, int at) =>
        Encoding.ASCII.GetString(elf.AsSpan(at, elf.AsSpan(at).IndexOf((byte)0)));

    private static ushort Short(byte[] elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(at));

    private static uint Int(byte[] elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(at));

    private static ulong Long(byte[] elf, int at) => BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(at));
}
